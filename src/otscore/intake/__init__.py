"""From records, frames and dates to the arrays that are scored."""
