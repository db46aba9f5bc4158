package openapi_test

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// A document is made of what an API offers to a caller; rest.API.Outline gives that.
func ExampleBuild() {
	type Note struct {
		ID   int64  `orm:"id,auto"`
		Text string `orm:"text,size=200"`
	}
	notes, err := model.For[Note]()
	if err != nil {
		log.Fatal(err)
	}
	id, text := guard.OutlineColumn{Name: "id", Field: notes.Key[0]}, guard.OutlineColumn{Name: "text", Field: notes.Fields[1]}
	shape := &guard.Outline{Model: notes, Columns: []guard.OutlineColumn{id, text}, Take: guard.Take{Default: 10, Max: 50}}
	api := outline.API{Resources: []outline.Resource{{Name: "notes", Operations: []outline.Operation{
		{Method: "GET", List: true, Callers: []outline.Caller{{Who: "guest", Flag: "guest", Shape: shape}}},
	}}}}
	doc, err := openapi.Build(api, openapi.Info{Title: "Notes", Version: "1.0", Server: "/query"})
	if err != nil {
		log.Fatal(err)
	}
	var seen struct {
		OpenAPI    string
		Components struct{ Schemas map[string]json.RawMessage }
	}
	if err := json.Unmarshal(doc, &seen); err != nil {
		log.Fatal(err)
	}
	fmt.Println(seen.OpenAPI, string(seen.Components.Schemas["NotesResult"]))
	// Output: 3.1.0 {"type":"object","properties":{"id":{"type":"integer","format":"int64"},"text":{"type":"string"}}}
}
