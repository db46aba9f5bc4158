package rjson_test

import (
	"errors"
	"fmt"

	"github.com/multi-orm/orm/rls/rest/rjson"
)

func ExampleMarshal() {
	type filter struct {
		Where   map[string]any  `json:"where"`
		Columns map[string]bool `json:"columns"`
		Limit   int             `json:"limit"`
	}
	text, err := rjson.Marshal(filter{map[string]any{"title.like": "Hello%"}, map[string]bool{"id": true}, 10})
	fmt.Println(string(text), err)
	// Output: (where:(title.like:'Hello%'),columns:(id:T),limit:10) <nil>
}

func ExampleUnmarshal() {
	var q struct {
		Columns map[string]bool `json:"columns"`
		IDs     []int64         `json:"ids"`
	}
	err := rjson.Unmarshal([]byte(`(columns:~T(id,title)~,ids:_(1,9007199254740993)_)`), &q)
	fmt.Println(q.Columns, q.IDs, err)
	fmt.Println(rjson.Unmarshal([]byte(`(ids:_(1,x)_)`), &q))
	fmt.Println(rjson.Unmarshal([]byte(`(ids:_(1)`), &q))
	// Output:
	// map[id:true title:true] [1 9007199254740993] <nil>
	// rjson: ids[1] is a string, which int64 does not hold
	// rjson: an item is followed by , or )_ at byte 8
}

func ExampleParse() {
	v, err := rjson.Parse([]byte(`(orderBy:(b:desc,a:asc))`))
	for _, m := range v.Member("orderBy").Members { // in the order written
		fmt.Println(m.Name, m.Value.Text)
	}
	fmt.Println(err)
	// Output:
	// b desc
	// a asc
	// <nil>
}

// A text takes two bytes for a value, which takes many: what comes from outside is read to a bound.
func ExampleParseMost() {
	_, err := rjson.ParseMost([]byte(`_(1,1,1,1,1,1,1,1)_`), 5)
	var syntax *rjson.SyntaxError
	fmt.Println(err, errors.As(err, &syntax) && syntax.TooMany)
	// Output: rjson: it holds too many values at byte 10 true
}
