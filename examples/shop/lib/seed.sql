INSERT INTO products (name, description, price_cents, stock) VALUES
  ('Assam', 'Black tea leaves from the Brahmaputra valley: malty, and strong enough for milk.', 690, 40),
  ('Sencha', 'Green tea of the first harvest, steamed. Fresh, with a note of seaweed.', 890, 25),
  ('Rooibos', 'Red bush from the Cedarberg. Sweet, and without caffeine.', 540, 60),
  ('Oolong', 'Half oxidised and rolled by hand: somewhere between green and black tea.', 1290, 12),
  ('Cast-iron teapot', 'Holds 0.8 litres and keeps them warm for an hour.', 4900, 6),
  ('Bamboo whisk', 'A hundred tines, carved from one piece. For matcha.', 1750, 9),
  ('Tea strainer', 'Fine steel mesh that fits every cup.', 420, 80),
  ('Porcelain cup', 'Thin, white, and nice to hold. 180 millilitres.', 1100, 30);

INSERT INTO orders (customer, placed_at) VALUES
  ('Ada', now() - interval '3 days'),
  ('Grace', now() - interval '1 day');

INSERT INTO order_lines (order_id, product_id, quantity, price_cents) VALUES
  (1, 1, 2, 690),
  (1, 7, 1, 420),
  (2, 5, 1, 4900);
