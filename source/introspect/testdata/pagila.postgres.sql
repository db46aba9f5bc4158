-- A film rental after the Pagila sample: enum, domain, array, full text, partitions, views, triggers, comments.
CREATE TYPE mpaa_rating AS ENUM ('G', 'PG', 'PG-13', 'R', 'NC-17');
COMMENT ON TYPE mpaa_rating IS 'What the film board says.';
CREATE DOMAIN year AS integer CONSTRAINT year_check CHECK (VALUE >= 1901 AND VALUE <= 2155);
CREATE DOMAIN bigtitle AS varchar(255) NOT NULL;
CREATE FUNCTION last_updated() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.last_update = CURRENT_TIMESTAMP; RETURN NEW; END$$;
CREATE TABLE actor (actor_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE INDEX idx_actor_last_name ON actor (last_name);
COMMENT ON TABLE actor IS 'People who play in films.';
CREATE TABLE category (category_id serial PRIMARY KEY, name text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE language (language_id serial PRIMARY KEY, name character(20) NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE film (film_id serial PRIMARY KEY, title bigtitle, description text, release_year year,
	language_id integer NOT NULL REFERENCES language ON UPDATE CASCADE ON DELETE RESTRICT, original_language_id integer REFERENCES language ON UPDATE CASCADE ON DELETE RESTRICT,
	rental_duration smallint NOT NULL DEFAULT 3, rental_rate numeric(4,2) NOT NULL DEFAULT 4.99, length smallint, replacement_cost numeric(5,2) NOT NULL DEFAULT 19.99,
	rating mpaa_rating DEFAULT 'G', last_update timestamptz NOT NULL DEFAULT now(), special_features text[],
	fulltext tsvector GENERATED ALWAYS AS (to_tsvector('english', title::text || ' ' || COALESCE(description, ''))) STORED);
CREATE INDEX film_fulltext_idx ON film USING gist (fulltext);
CREATE INDEX idx_title ON film (title);
COMMENT ON COLUMN film.length IS 'In minutes.';
CREATE TABLE film_actor (actor_id integer NOT NULL REFERENCES actor ON UPDATE CASCADE ON DELETE RESTRICT, film_id integer NOT NULL REFERENCES film ON UPDATE CASCADE ON DELETE RESTRICT,
	last_update timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (actor_id, film_id));
CREATE INDEX idx_fk_film_id ON film_actor (film_id);
CREATE TABLE film_category (film_id integer NOT NULL REFERENCES film, category_id integer NOT NULL REFERENCES category, last_update timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (film_id, category_id));
CREATE TABLE country (country_id serial PRIMARY KEY, country text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE city (city_id serial PRIMARY KEY, city text NOT NULL, country_id integer NOT NULL REFERENCES country, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE address (address_id serial PRIMARY KEY, address text NOT NULL, address2 text, district text NOT NULL, city_id integer NOT NULL REFERENCES city, phone text NOT NULL, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE store (store_id serial PRIMARY KEY, manager_staff_id integer NOT NULL UNIQUE, address_id integer NOT NULL REFERENCES address, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE staff (staff_id serial PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, address_id integer NOT NULL REFERENCES address, email text, store_id integer NOT NULL REFERENCES store,
	active boolean NOT NULL DEFAULT true, username text NOT NULL, password text, last_update timestamptz NOT NULL DEFAULT now(), picture bytea);
ALTER TABLE store ADD CONSTRAINT store_manager_staff_id_fkey FOREIGN KEY (manager_staff_id) REFERENCES staff DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE customer (customer_id serial PRIMARY KEY, store_id integer NOT NULL REFERENCES store, first_name text NOT NULL, last_name text NOT NULL, email text, address_id integer NOT NULL REFERENCES address,
	activebool boolean NOT NULL DEFAULT true, create_date date NOT NULL DEFAULT CURRENT_DATE, last_update timestamptz DEFAULT now(), active integer);
CREATE TABLE inventory (inventory_id serial PRIMARY KEY, film_id integer NOT NULL REFERENCES film, store_id integer NOT NULL REFERENCES store, last_update timestamptz NOT NULL DEFAULT now());
CREATE TABLE rental (rental_id serial PRIMARY KEY, rental_date timestamptz NOT NULL, inventory_id integer NOT NULL REFERENCES inventory, customer_id integer NOT NULL REFERENCES customer, return_date timestamptz,
	staff_id integer NOT NULL REFERENCES staff, last_update timestamptz NOT NULL DEFAULT now());
CREATE UNIQUE INDEX idx_unq_rental_rental_date_inventory_id_customer_id ON rental (rental_date, inventory_id, customer_id);
CREATE TABLE payment (payment_id serial, customer_id integer NOT NULL REFERENCES customer, staff_id integer NOT NULL REFERENCES staff, rental_id integer NOT NULL REFERENCES rental, amount numeric(5,2) NOT NULL,
	payment_date timestamptz NOT NULL, PRIMARY KEY (payment_date, payment_id)) PARTITION BY RANGE (payment_date);
CREATE TABLE payment_p2022_01 PARTITION OF payment FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2022-02-01 00:00:00+00');
CREATE TABLE payment_p2022_02 PARTITION OF payment FOR VALUES FROM ('2022-02-01 00:00:00+00') TO ('2022-03-01 00:00:00+00');
CREATE VIEW film_list AS SELECT f.film_id AS fid, f.title, c.name AS category, f.rental_rate AS price FROM film f LEFT JOIN film_category fc ON fc.film_id = f.film_id LEFT JOIN category c ON c.category_id = fc.category_id;
CREATE MATERIALIZED VIEW rental_by_category AS SELECT c.name AS category, count(*) AS rentals FROM film_category fc JOIN category c USING (category_id) GROUP BY c.name;
CREATE UNIQUE INDEX rental_category ON rental_by_category (category);
