"""kWit: readings in, issued and explained bills out. Rooms are named for what the business does."""
