-- A trading firm after the Northwind sample: short texts as keys, days, prices as floats, pictures, three link tables.
CREATE TABLE categories (category_id smallint NOT NULL PRIMARY KEY, category_name nvarchar(15) NOT NULL, description nvarchar(max), picture varbinary(max));
CREATE TABLE customer_demographics (customer_type_id nvarchar(10) NOT NULL PRIMARY KEY, customer_desc nvarchar(max));
CREATE TABLE customers (customer_id nvarchar(5) NOT NULL PRIMARY KEY, company_name nvarchar(40) NOT NULL, city nvarchar(15), country nvarchar(15));
CREATE TABLE customer_customer_demo (customer_id nvarchar(5) NOT NULL, customer_type_id nvarchar(10) NOT NULL, PRIMARY KEY (customer_id, customer_type_id),
	FOREIGN KEY (customer_type_id) REFERENCES customer_demographics, FOREIGN KEY (customer_id) REFERENCES customers);
CREATE TABLE employees (employee_id smallint NOT NULL PRIMARY KEY, last_name nvarchar(20) NOT NULL, first_name nvarchar(10) NOT NULL, birth_date date, hire_date date, notes nvarchar(max),
	reports_to smallint, photo_path nvarchar(255), FOREIGN KEY (reports_to) REFERENCES employees);
CREATE TABLE suppliers (supplier_id smallint NOT NULL PRIMARY KEY, company_name nvarchar(40) NOT NULL, homepage nvarchar(max));
CREATE TABLE products (product_id smallint NOT NULL PRIMARY KEY, product_name nvarchar(40) NOT NULL, supplier_id smallint, category_id smallint, quantity_per_unit nvarchar(20), unit_price real,
	units_in_stock smallint, discontinued int NOT NULL, FOREIGN KEY (category_id) REFERENCES categories, FOREIGN KEY (supplier_id) REFERENCES suppliers);
CREATE TABLE region (region_id smallint NOT NULL PRIMARY KEY, region_description nvarchar(60) NOT NULL);
CREATE TABLE shippers (shipper_id smallint NOT NULL PRIMARY KEY, company_name nvarchar(40) NOT NULL, phone nvarchar(24));
CREATE TABLE orders (order_id smallint NOT NULL PRIMARY KEY, customer_id nvarchar(5), employee_id smallint, order_date date, shipped_date date, ship_via smallint, freight real, ship_name nvarchar(40),
	FOREIGN KEY (customer_id) REFERENCES customers, FOREIGN KEY (employee_id) REFERENCES employees, FOREIGN KEY (ship_via) REFERENCES shippers);
CREATE TABLE territories (territory_id nvarchar(20) NOT NULL PRIMARY KEY, territory_description nvarchar(60) NOT NULL, region_id smallint NOT NULL, FOREIGN KEY (region_id) REFERENCES region);
CREATE TABLE employee_territories (employee_id smallint NOT NULL, territory_id nvarchar(20) NOT NULL, PRIMARY KEY (employee_id, territory_id),
	FOREIGN KEY (territory_id) REFERENCES territories, FOREIGN KEY (employee_id) REFERENCES employees);
CREATE TABLE order_details (order_id smallint NOT NULL, product_id smallint NOT NULL, unit_price real NOT NULL, quantity smallint NOT NULL, discount real NOT NULL, PRIMARY KEY (order_id, product_id),
	FOREIGN KEY (product_id) REFERENCES products, FOREIGN KEY (order_id) REFERENCES orders);
CREATE TABLE us_states (state_id smallint NOT NULL PRIMARY KEY, state_name nvarchar(100), state_abbr nvarchar(2), state_region nvarchar(50));
