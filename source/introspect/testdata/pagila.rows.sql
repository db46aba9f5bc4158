INSERT INTO actor VALUES (1, 'PENELOPE', 'GUINESS', '2022-02-15 09:34:33+00'), (2, 'NICK', 'WAHLBERG', '2022-02-15 09:34:33.25+00');
INSERT INTO category VALUES (1, 'Action', '2022-02-15 09:46:27+00'), (6, 'Documentary', '2022-02-15 09:46:27+00');
INSERT INTO language VALUES (1, 'English', '2022-02-15 10:02:19+00'), (2, 'Italian', '2022-02-15 10:02:19+00');
INSERT INTO film VALUES (1, 'ACADEMY DINOSAUR', 'An epic drama of a feminist and a mad scientist', 2012, 1, NULL, 6, 0.99, 86, 20.99, 'PG', '2022-09-10 16:46:03+00', '{"Deleted Scenes","Behind the Scenes"}', DEFAULT),
	(2, 'ACE GOLDFINGER', NULL, NULL, 1, 2, 3, 4.99, NULL, 12.99, NULL, '2022-09-10 16:46:03+00', NULL, DEFAULT);
INSERT INTO film_actor VALUES (1, 1, '2022-02-15 10:05:03+00'), (2, 1, '2022-02-15 10:05:03+00'), (2, 2, '2022-02-15 10:05:03+00');
INSERT INTO film_category VALUES (1, 6, '2022-02-15 10:07:09+00'), (2, 1, '2022-02-15 10:07:09+00');
INSERT INTO country VALUES (1, 'Afghanistan', '2022-02-15 09:44:00+00'), (8, 'Australia', '2022-02-15 09:44:00+00');
INSERT INTO city VALUES (300, 'Lethbridge', 1, '2022-02-15 09:45:25+00'), (576, 'Woodridge', 8, '2022-02-15 09:45:25+00');
INSERT INTO address VALUES (1, '47 MySakila Drive', NULL, 'Alberta', 300, '', '2022-02-15 09:45:30+00'), (2, '28 MySQL Boulevard', '', 'QLD', 576, '14033335568', '2022-02-15 09:45:30+00');
BEGIN;
INSERT INTO store VALUES (1, 1, 1, '2022-02-15 09:57:12+00');
INSERT INTO staff VALUES (1, 'Mike', 'Hillyer', 1, 'mike@example.com', 1, false, 'Mike', NULL, '2022-05-16 16:13:11+00', '\x89504e47');
COMMIT;
INSERT INTO customer VALUES (1, 1, 'MARY', 'SMITH', 'mary@example.com', 2, false, '2022-02-14', NULL, 0);
INSERT INTO inventory VALUES (1, 1, 1, '2022-02-15 10:09:17+00');
INSERT INTO rental VALUES (1, '2022-01-24 22:53:30+00', 1, 1, NULL, 1, '2022-02-16 02:30:53+00');
INSERT INTO payment VALUES (1, 1, 1, 1, 2.99, '2022-01-25 00:00:00+00'), (2, 1, 1, 1, 0.99, '2022-02-25 00:00:00+00');
REFRESH MATERIALIZED VIEW rental_by_category;
