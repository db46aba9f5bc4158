INSERT INTO kinds (id, b, i, u, r, n, d, v, t, y, ts, da, tm, uu, j, any_thing, money, deci, nc, "now") VALUES
	(1, 1, 2, 3, 1.5, 2.25, 3, 'v', '', x'00ff', '2020-01-02 03:04:05', '2020-01-02', '03:04:05', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a":1}', 'text', 'EUR', '12.5', 'A', '2020-01-02 03:04:05.5'),
	(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2020-01-02 03:04:05');
INSERT INTO strict_one VALUES (1, 'b', 'c');
INSERT INTO implicit VALUES (1, 1, 2);
INSERT INTO "a,b" VALUES (1, NULL, '', 2, 3, NULL);
INSERT INTO textkey VALUES ('k', 'long', 'y y');
INSERT INTO desc_key VALUES (1, 2);
