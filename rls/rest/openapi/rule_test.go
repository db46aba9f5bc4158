package openapi_test

import (
	"testing"
	"time"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/openapi"
	"github.com/multi-orm/orm/rls/rest/outline"
)

type ruled struct {
	ID    int64   `orm:"id,auto"`
	Text  string  `orm:"text,size=9"`
	Maybe *string `orm:"maybe"`
	Whole int     `orm:"whole"`
	Real  float64 `orm:"real"`
	Small *uint8  `orm:"small"`
	Yes   bool    `orm:"yes"`
	List  []int64 `orm:"list"`
	When  time.Time
}

// A validate rule is a keyword where one says the same, and else words; a column that the rule wants is required.
func TestRules(t *testing.T) {
	m, err := model.For[ruled]()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ field, rule, want, required string }{
		{"Text", "", `{"maxLength":9,"type":"string"}`, ""},
		{"Text", "required", `{"maxLength":9,"minLength":1,"type":"string"}`, `["text"]`},
		{"Text", "min=2,max=5", `{"maxLength":5,"minLength":2,"type":"string"}`, `["text"]`},
		{"Text", "omitempty,max=50", `{"maxLength":9,"type":"string"}`, ""},
		{"Text", "gt=2,lt=5", `{"maxLength":4,"minLength":3,"type":"string"}`, `["text"]`},
		{"Text", "len=3", `{"maxLength":3,"minLength":3,"type":"string"}`, `["text"]`},
		{"Text", "oneof=a 'b c' d", `{"enum":["a","b c","d"],"maxLength":9,"type":"string"}`, `["text"]`},
		{"Text", "omitempty,email", `{"format":"email","maxLength":9,"type":"string"}`, ""},
		{"Text", "omitempty,url", `{"format":"uri","maxLength":9,"type":"string"}`, ""},
		{"Text", "omitempty,alphanum", `{"maxLength":9,"pattern":"^[a-zA-Z0-9]+$","type":"string"}`, ""},
		{"Text", "omitempty,startswith=a.b,min=3", `{"maxLength":9,"minLength":3,"pattern":"^a\\.b","type":"string"}`, ""},
		{"Text", "omitempty,e164,max=7", `{"description":"Rules: e164.","maxLength":7,"type":"string"}`, ""},
		{"Text", "omitempty,alpha|numeric", `{"description":"Rules: alpha|numeric.","maxLength":9,"type":"string"}`, ""},
		{"Maybe", "omitempty,min=2", `{"minLength":2,"type":["string","null"]}`, ""},
		{"Maybe", "required", `{"minLength":1,"type":"string"}`, `["maybe"]`},
		{"Whole", "min=1,max=9", `{"format":"int64","maximum":9,"minimum":1,"type":"integer"}`, `["whole"]`},
		{"Whole", "gte=0,lt=9", `{"exclusiveMaximum":9,"format":"int64","minimum":0,"type":"integer"}`, ""},
		{"Whole", "required", `{"format":"int64","not":{"const":0},"type":"integer"}`, `["whole"]`},
		{"Whole", "omitempty,oneof=1 2 3", `{"enum":[1,2,3],"format":"int64","type":"integer"}`, ""},
		{"Real", "omitempty,gt=0.5,lte=1.5", `{"exclusiveMinimum":0.5,"format":"double","maximum":1.5,"type":"number"}`, ""},
		{"Small", "omitempty,max=300,min=2", `{"format":"int64","maximum":255,"minimum":2,"type":["integer","null"]}`, ""},
		{"Yes", "required", `{"const":true}`, `["yes"]`},
		{"List", "max=3,dive,min=1", `{"description":"Rules: dive,min=1.","items":{"format":"int64","type":"integer"},"maxItems":3,"type":["array","null"]}`, ""},
		{"When", "omitempty,lt", `{"description":"Rules: lt.","format":"date-time","type":"string"}`, ""},
	} {
		f, err := m.Field(x.field)
		if err != nil {
			t.Fatal(err)
		}
		c := guard.OutlineInput{OutlineColumn: guard.OutlineColumn{Name: f.Column, Field: f}, Rule: x.rule}
		shape := &guard.Outline{Model: m, Columns: []guard.OutlineColumn{{Name: "id", Field: m.Key[0]}}, Create: &guard.OutlineData{Columns: []guard.OutlineInput{c}}}
		api := outline.API{Resources: []outline.Resource{{Name: "r", Operations: []outline.Operation{{Method: "POST", Callers: []outline.Caller{{Who: "all", Flag: "all", Shape: shape}}}}}}}
		doc, err := openapi.Build(api, about())
		if err != nil {
			t.Fatal(err)
		}
		d := parsed(t, doc)
		if got := d.at("components", "schemas", "RCreate", "properties", f.Column); got != x.want {
			t.Errorf("%s %q: %s, want %s", x.field, x.rule, got, x.want)
		}
		if got := d.at("components", "schemas", "RCreate", "required"); got != x.required {
			t.Errorf("%s %q: required %s, want %s", x.field, x.rule, got, x.required)
		}
	}
}
