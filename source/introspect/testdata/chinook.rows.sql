INSERT INTO "Artist" VALUES (1, 'AC/DC'), (2, 'Accept'), (3, 'Aerosmith'), (4, NULL);
INSERT INTO "Album" VALUES (1, 'For Those About To Rock We Salute You', 1), (2, 'Balls to the Wall', 2), (3, 'Big Ones', 3), (4, 'Let There Be Rock', 1);
INSERT INTO "Employee" VALUES (1, 'Adams', 'Andrew', 'General Manager', NULL, '1962-02-18 00:00:00', '2002-08-14 00:00:00', 'andrew@example.com'),
	(2, 'Edwards', 'Nancy', 'Sales Manager', 1, '1958-12-08 00:00:00', '2002-05-01 00:00:00', 'nancy@example.com'), (3, 'Peacock', 'Jane', NULL, 2, NULL, NULL, NULL);
INSERT INTO "Customer" VALUES (1, 'Luís', 'Gonçalves', 'Embraer', 'Brazil', 'luis@example.com', 3), (2, 'Leonie', 'Köhler', NULL, 'Germany', 'leonie@example.com', NULL);
INSERT INTO "Genre" VALUES (1, 'Rock'), (2, 'Metal');
INSERT INTO "MediaType" VALUES (1, 'MPEG audio file'), (2, 'Protected AAC audio file');
INSERT INTO "Track" VALUES (1, 'For Those About To Rock (We Salute You)', 1, 1, 1, 'Angus Young, Malcolm Young, Brian Johnson', 343719, 11170334, 0.99),
	(2, 'Balls to the Wall', 2, 2, 1, NULL, 342562, 5510424, 0.99), (3, 'Walk On Water', 3, 1, 1, 'Steven Tyler', 295680, NULL, 1.99), (4, 'Go Down', NULL, 1, NULL, NULL, 331180, 10847611, 0.5);
INSERT INTO "Playlist" VALUES (1, 'Music'), (2, NULL);
INSERT INTO "PlaylistTrack" VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO "Invoice" VALUES (1, 2, '2009-01-01 00:00:00', 'Germany', 1.98), (2, 1, '2009-01-02 12:30:00', NULL, 3.96);
INSERT INTO "InvoiceLine" VALUES (1, 1, 2, 0.99, 1), (2, 1, 4, 0.99, 1), (3, 2, 3, 1.98, 2);
