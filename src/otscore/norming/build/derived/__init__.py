"""Tables of a pack computed anew from raw data that lie outside it; what else is in the pack was written by hand."""
