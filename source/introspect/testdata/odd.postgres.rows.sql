INSERT INTO kinds VALUES (DEFAULT, true, -1, -2, -3, 4000000000, 1.5, 2.5, 12345678901234567890.123, 1.50, 'ab', 'v', '', '\x00ff', '2020-01-02 03:04:05.678901', '2020-01-02 03:04:05.678+00', '2020-01-02', '03:04:05', '03:04:05+02',
	'1 mon 2 days', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', '{"a": 1}', '<a/>', '10.0.0.1/8', '10.0.0.0/8', '08:00:2b:01:02:03', B'101', B'10', '(1,2)', '[1,5)', '''a'':1', '12.34', '{1,2}', '{a,"b c"}', '{1.50,2}', '{2020-01-02}',
	'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '{ab}', '{t,f}', '{new,DONE}', '{{1,2},{3,4}}', 'in-progress', 'so, so', 1.25, 2.50, 'red', '(1,x)', 'k', 'nm'),
	(DEFAULT, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL);
INSERT INTO app.kinds VALUES ('x', 1);
INSERT INTO "Odd Schema"."type" ("c=d", id, code, "index", "Index", "unique", "a+b", "(", "日本") VALUES ('', 1, 2, 3, 4, '5', 6, 7, 8);
INSERT INTO "a,b" VALUES (1, 6);
INSERT INTO unique_only VALUES (1, 2, NULL);
INSERT INTO parent VALUES (1, 'a');
INSERT INTO parts VALUES (1, '2020-01-01'); INSERT INTO to_parts VALUES (1, 1, '2020-01-01');
INSERT INTO indexed VALUES (1, 'a', 'b', '{}', '[1,2)', NULL);
BEGIN; INSERT INTO loop_a VALUES (1, 1); INSERT INTO loop_b VALUES (1, 1); COMMIT;
INSERT INTO mixed VALUES ('m', 7); INSERT INTO mixed_ref VALUES (1, 7);
INSERT INTO users VALUES (1); INSERT INTO "user" VALUES (1); INSERT INTO app.users VALUES (1);
