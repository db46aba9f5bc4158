-- A record shop after the Chinook sample, with the names of its SQLite edition.
CREATE TABLE "Artist" ("ArtistId" INT NOT NULL, "Name" NVARCHAR(120), CONSTRAINT "PK_Artist" PRIMARY KEY ("ArtistId"));
CREATE TABLE "Album" ("AlbumId" INT NOT NULL, "Title" NVARCHAR(160) NOT NULL, "ArtistId" INT NOT NULL, CONSTRAINT "PK_Album" PRIMARY KEY ("AlbumId"),
	CONSTRAINT "FK_AlbumArtistId" FOREIGN KEY ("ArtistId") REFERENCES "Artist" ("ArtistId"));
CREATE INDEX "IFK_AlbumArtistId" ON "Album" ("ArtistId");
CREATE TABLE "Employee" ("EmployeeId" INT NOT NULL, "LastName" NVARCHAR(20) NOT NULL, "FirstName" NVARCHAR(20) NOT NULL, "Title" NVARCHAR(30),
	"ReportsTo" INT, "BirthDate" DATETIME, "HireDate" DATETIME, "Email" NVARCHAR(60), CONSTRAINT "PK_Employee" PRIMARY KEY ("EmployeeId"),
	CONSTRAINT "FK_EmployeeReportsTo" FOREIGN KEY ("ReportsTo") REFERENCES "Employee" ("EmployeeId"));
CREATE INDEX "IFK_EmployeeReportsTo" ON "Employee" ("ReportsTo");
CREATE TABLE "Customer" ("CustomerId" INT NOT NULL, "FirstName" NVARCHAR(40) NOT NULL, "LastName" NVARCHAR(20) NOT NULL, "Company" NVARCHAR(80),
	"Country" NVARCHAR(40), "Email" NVARCHAR(60) NOT NULL, "SupportRepId" INT, CONSTRAINT "PK_Customer" PRIMARY KEY ("CustomerId"),
	CONSTRAINT "FK_CustomerSupportRepId" FOREIGN KEY ("SupportRepId") REFERENCES "Employee" ("EmployeeId"));
CREATE INDEX "IFK_CustomerSupportRepId" ON "Customer" ("SupportRepId");
CREATE TABLE "Genre" ("GenreId" INT NOT NULL, "Name" NVARCHAR(120), CONSTRAINT "PK_Genre" PRIMARY KEY ("GenreId"));
CREATE TABLE "MediaType" ("MediaTypeId" INT NOT NULL, "Name" NVARCHAR(120), CONSTRAINT "PK_MediaType" PRIMARY KEY ("MediaTypeId"));
CREATE TABLE "Track" ("TrackId" INT NOT NULL, "Name" NVARCHAR(200) NOT NULL, "AlbumId" INT, "MediaTypeId" INT NOT NULL, "GenreId" INT, "Composer" NVARCHAR(220),
	"Milliseconds" INT NOT NULL, "Bytes" INT, "UnitPrice" NUMERIC(10,2) NOT NULL, CONSTRAINT "PK_Track" PRIMARY KEY ("TrackId"),
	CONSTRAINT "FK_TrackAlbumId" FOREIGN KEY ("AlbumId") REFERENCES "Album" ("AlbumId"), CONSTRAINT "FK_TrackGenreId" FOREIGN KEY ("GenreId") REFERENCES "Genre" ("GenreId"),
	CONSTRAINT "FK_TrackMediaTypeId" FOREIGN KEY ("MediaTypeId") REFERENCES "MediaType" ("MediaTypeId"));
CREATE INDEX "IFK_TrackAlbumId" ON "Track" ("AlbumId");
CREATE TABLE "Playlist" ("PlaylistId" INT NOT NULL, "Name" NVARCHAR(120), CONSTRAINT "PK_Playlist" PRIMARY KEY ("PlaylistId"));
CREATE TABLE "PlaylistTrack" ("PlaylistId" INT NOT NULL, "TrackId" INT NOT NULL, CONSTRAINT "PK_PlaylistTrack" PRIMARY KEY ("PlaylistId", "TrackId"),
	CONSTRAINT "FK_PlaylistTrackPlaylistId" FOREIGN KEY ("PlaylistId") REFERENCES "Playlist" ("PlaylistId"), CONSTRAINT "FK_PlaylistTrackTrackId" FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId"));
CREATE TABLE "Invoice" ("InvoiceId" INT NOT NULL, "CustomerId" INT NOT NULL, "InvoiceDate" DATETIME NOT NULL, "BillingCountry" NVARCHAR(40), "Total" NUMERIC(10,2) NOT NULL,
	CONSTRAINT "PK_Invoice" PRIMARY KEY ("InvoiceId"), CONSTRAINT "FK_InvoiceCustomerId" FOREIGN KEY ("CustomerId") REFERENCES "Customer" ("CustomerId"));
CREATE TABLE "InvoiceLine" ("InvoiceLineId" INT NOT NULL, "InvoiceId" INT NOT NULL, "TrackId" INT NOT NULL, "UnitPrice" NUMERIC(10,2) NOT NULL, "Quantity" INT NOT NULL,
	CONSTRAINT "PK_InvoiceLine" PRIMARY KEY ("InvoiceLineId"), CONSTRAINT "FK_InvoiceLineInvoiceId" FOREIGN KEY ("InvoiceId") REFERENCES "Invoice" ("InvoiceId"),
	CONSTRAINT "FK_InvoiceLineTrackId" FOREIGN KEY ("TrackId") REFERENCES "Track" ("TrackId"));
