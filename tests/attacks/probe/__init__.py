"""A dashboard of one page that does what attacks need, behind the product's own gate."""
