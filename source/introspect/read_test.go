package introspect_test

import (
	"encoding/json"
	"testing"
)

// What the fixtures hold, as the catalogues tell it.
func TestFixtures(t *testing.T) {
	for _, e := range engines() {
		for _, name := range []string{"chinook", "northwind", "pagila"} {
			if !e.has(name) || e.name == "sqlserver" { // servers that only speak its protocol give indexes names of their own
				continue
			}
			t.Run(name+"/"+e.name, func(t *testing.T) {
				_, s := e.database(t, fixture(t, name+"."+e.name+".sql"))
				text, err := json.MarshalIndent(s, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+e.name+".json", string(text)+"\n")
			})
		}
	}
}
