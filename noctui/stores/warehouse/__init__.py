"""The warehouse: a Snowflake database in which the history of many machines lies for years."""
