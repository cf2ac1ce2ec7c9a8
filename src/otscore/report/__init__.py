"""Pictures, reports and group tables: each takes a Profile, a Progress or Scores and computes no score."""
