"""Messages to distributors and the market operator."""
