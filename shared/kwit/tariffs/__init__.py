"""Price lists (cenniki i taryfy) as dated, cited data: schema, checks, zone calendars."""
