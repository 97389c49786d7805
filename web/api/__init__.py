"""What is read: one module a domain, and `marts` for any mart. Every question is bound to the key's organisations."""
