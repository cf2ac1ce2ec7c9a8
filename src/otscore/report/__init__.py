"""Reports: a Profile, Plan or Progress as HTML, Markdown or a picture. Words come from label files, never from here."""
