"""What goes in and out of the API: one file a noun. Input refuses fields that it does not know."""
