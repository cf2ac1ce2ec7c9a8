"""Pictures of profiles, of progress and of samples: each draws on the axes it is given, or on a figure of its own."""

from otscore.report.picture_profile import profile_picture
from otscore.report.picture_progress import progress_picture, progress_z_picture
from otscore.report.picture_sample import sample_picture
from otscore.report.profile_lines import profile_alt

__all__ = ["profile_alt", "profile_picture", "progress_picture", "progress_z_picture", "sample_picture"]
