CREATE TABLE users (id {identity}, email varchar(100) NOT NULL UNIQUE, name text, role text NOT NULL DEFAULT 'user' CHECK (role IN ('admin', 'user')), tenant_id bigint NOT NULL,
	active boolean NOT NULL DEFAULT true, avatar {bytes}, score double precision NOT NULL, made_at {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, deleted_at {time}, token {uuid} NOT NULL, settings {json},
	level smallint NOT NULL, UNIQUE (tenant_id, level));
CREATE INDEX users_tenant_id_idx ON users (tenant_id);
CREATE TABLE posts (id {identity}, author_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, editor_id bigint REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
	parent_id bigint REFERENCES posts DEFERRABLE INITIALLY DEFERRED, title text NOT NULL, body text NOT NULL DEFAULT '', words bigint NOT NULL DEFAULT 0, slug text GENERATED ALWAYS AS (lower(title)) STORED);
CREATE INDEX posts_author_id_idx ON posts (author_id);
CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users, bio text);
CREATE TABLE tags (code varchar(20) PRIMARY KEY NOT NULL, label text NOT NULL);
CREATE TABLE post_tags (post_id bigint NOT NULL REFERENCES posts, tag_code varchar(20) NOT NULL REFERENCES tags, added_at {time} NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (post_id, tag_code));
CREATE TABLE follows (follower_id bigint NOT NULL REFERENCES users, followed_id bigint NOT NULL REFERENCES users, PRIMARY KEY (follower_id, followed_id));
CREATE TABLE rooms (house bigint NOT NULL, number bigint NOT NULL, PRIMARY KEY (house, number));
CREATE TABLE bookings (id {identity}, room_house bigint NOT NULL, room_number bigint NOT NULL, FOREIGN KEY (room_house, room_number) REFERENCES rooms (house, number));
CREATE TABLE "Odd Names" ("ID" bigint PRIMARY KEY NOT NULL, "order" text NOT NULL, "group by" text, "say ""hi""" text, "version" bigint NOT NULL, "CamelCase" text, "2nd" text, "größe" bigint, "tick`s" text);
CREATE TABLE goose_db_version (id {identity}, version_id bigint NOT NULL);
CREATE TABLE "schema_migrations" (version bigint PRIMARY KEY NOT NULL, dirty boolean NOT NULL);
