-- The customers whose facts are made in this build: `kept` reads here only those whose fingerprint has no row yet.
select * from {{ ref('int_square__customers_fingerprinted') }}
