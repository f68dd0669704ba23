CREATE TABLE orders (id serial PRIMARY KEY, customer text NOT NULL, placed timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (customer) SELECT 'customer ' || number FROM generate_series(1, 1000) AS number;
