/** PostgreSQL keeps any text but one with the character NUL in it. For `pattern` of a JSON Schema. */
export const TEXT = '^[^\\u0000]*$'
