-- A trading firm after the Northwind sample: short texts as keys, days, prices as floats, pictures, three link tables.
CREATE TABLE categories (category_id smallint NOT NULL PRIMARY KEY, category_name varchar(15) NOT NULL, description text, picture bytea);
CREATE TABLE customer_demographics (customer_type_id bpchar NOT NULL PRIMARY KEY, customer_desc text);
CREATE TABLE customers (customer_id varchar(5) NOT NULL PRIMARY KEY, company_name varchar(40) NOT NULL, city varchar(15), country varchar(15));
CREATE TABLE customer_customer_demo (customer_id varchar(5) NOT NULL, customer_type_id bpchar NOT NULL, PRIMARY KEY (customer_id, customer_type_id),
	FOREIGN KEY (customer_type_id) REFERENCES customer_demographics, FOREIGN KEY (customer_id) REFERENCES customers);
CREATE TABLE employees (employee_id smallint NOT NULL PRIMARY KEY, last_name varchar(20) NOT NULL, first_name varchar(10) NOT NULL, birth_date date, hire_date date, notes text,
	reports_to smallint, photo_path varchar(255), FOREIGN KEY (reports_to) REFERENCES employees);
CREATE TABLE suppliers (supplier_id smallint NOT NULL PRIMARY KEY, company_name varchar(40) NOT NULL, homepage text);
CREATE TABLE products (product_id smallint NOT NULL PRIMARY KEY, product_name varchar(40) NOT NULL, supplier_id smallint, category_id smallint, quantity_per_unit varchar(20), unit_price real,
	units_in_stock smallint, discontinued integer NOT NULL, FOREIGN KEY (category_id) REFERENCES categories, FOREIGN KEY (supplier_id) REFERENCES suppliers);
CREATE TABLE region (region_id smallint NOT NULL PRIMARY KEY, region_description varchar(60) NOT NULL);
CREATE TABLE shippers (shipper_id smallint NOT NULL PRIMARY KEY, company_name varchar(40) NOT NULL, phone varchar(24));
CREATE TABLE orders (order_id smallint NOT NULL PRIMARY KEY, customer_id varchar(5), employee_id smallint, order_date date, shipped_date date, ship_via smallint, freight real, ship_name varchar(40),
	FOREIGN KEY (customer_id) REFERENCES customers, FOREIGN KEY (employee_id) REFERENCES employees, FOREIGN KEY (ship_via) REFERENCES shippers);
CREATE TABLE territories (territory_id varchar(20) NOT NULL PRIMARY KEY, territory_description varchar(60) NOT NULL, region_id smallint NOT NULL, FOREIGN KEY (region_id) REFERENCES region);
CREATE TABLE employee_territories (employee_id smallint NOT NULL, territory_id varchar(20) NOT NULL, PRIMARY KEY (employee_id, territory_id),
	FOREIGN KEY (territory_id) REFERENCES territories, FOREIGN KEY (employee_id) REFERENCES employees);
CREATE TABLE order_details (order_id smallint NOT NULL, product_id smallint NOT NULL, unit_price real NOT NULL, quantity smallint NOT NULL, discount real NOT NULL, PRIMARY KEY (order_id, product_id),
	FOREIGN KEY (product_id) REFERENCES products, FOREIGN KEY (order_id) REFERENCES orders);
CREATE TABLE us_states (state_id smallint NOT NULL PRIMARY KEY, state_name varchar(100), state_abbr varchar(2), state_region varchar(50));
