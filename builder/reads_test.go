package builder

import "testing"

// What reads rows by a text of its own is told from what compares the row's columns, however the engine cuts words.
func TestReads(t *testing.T) {
	for _, text := range []string{
		"EXISTS (SELECT 1 FROM t)", "id = (select@ 1)", "id = (select#1)", "id = (select\t-1)", "id = (select'1')", `id = (select"id")`, "id = (select+ 1)", "1=1select",
		"id = (select(1))", "id IN (TABLE t)", "id IN t", `id IN "t"`, "id IN 't'", "id IN main.t", "id in\nt", "id = (select.5)", "id = (select{1})", "id = (select" + "\u00a0" + "1)",
		"query_to_xml('select 1', true, false, '')::text LIKE 'x'", "pg_catalog.query_to_xml ('x', true, false, '') IS NULL", `"query_to_xml"('x', true, false, '') IS NULL`,
		`U&"query\005fto\005fxml"('x', true, false, '') IS NULL`, "table_to_xml('t', true, false, '') IS NULL", "ts_stat('x') IS NULL", "database_to_xmlschema(true, false, '') IS NULL",
		"ts_rewrite(a, 'x') IS NULL", "dblink('x') IS NULL", "pg_read_file('x') IS NULL", "set_config('a', 'b', true) IS NULL", "load_extension('x')", "QUERY_TO_XML('x', true, false, '') IS NULL",
	} {
		if !reads(text) {
			t.Errorf("%q passes", text)
		}
	}
	for _, text := range []string{
		"age % ? = 0", "name = 'select 1'", `"select" = 1`, `"table" > 2`, "id IN (1, 2)", "id NOT IN(?, ?)", "selected AND tables > 1", "a @> b", "name LIKE 'x''select'",
		"query_to_xml > 1", "lower(name) = ?", `"in" = 2`, "preselect = 1", "x in (1)", `"a""select" = 1`, "insert_at > now()", "col1 = 0x1f",
	} {
		if reads(text) {
			t.Errorf("%q is taken for a sub-select", text)
		}
	}
}
