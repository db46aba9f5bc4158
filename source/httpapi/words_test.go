package httpapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// Ticket has the words about what may be done with a field, on an API.
type Ticket struct {
	ID    int64  `orm:"id,auto,datasource=blog"`
	Title string `orm:"title"`
	State string `orm:"state,readonly"`
	Made  string `orm:"made,readonly,default=uuid"`
	Later int64  `orm:"later,updateonly"`
	Once  int64  `orm:"once,createonly"`
	Quiet string `orm:"quiet,noquery"`
}

func (Ticket) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/tickets").Query("quiet", "$where.Quiet.eq?").Items("$"),
		FindUnique: httpapi.GET("/tickets/{id}").Item("$"),
		Create:     httpapi.POST("/tickets").BodyAll().Item("$"),
		Update:     httpapi.PATCH("/tickets/{id}").BodyAll().Item("$"),
	}
}

var tickets = orm.Bind[Ticket, struct {
	State orm.Text[Ticket]
	Later orm.Col[Ticket, int64]
	Once  orm.Col[Ticket, int64]
	Quiet orm.Text[Ticket]
}]()

// The words of the tag table hold for rows of an API as for those of a table.
func TestWordsOnAnAPI(t *testing.T) {
	var sent []map[string]any
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := map[string]any{}
		if r.Body != nil {
			_ = json.NewDecoder(r.Body).Decode(&body)
		}
		sent = append(sent, body)
		reply(w, 200, map[string]any{"id": 7, "title": "t", "state": "open", "made": "m", "later": 1, "once": 2, "quiet": "q"})
	}), orm.Models(Ticket{}))
	ctx, r := t.Context(), orm.Repo[Ticket](db)
	for what, err := range map[string]error{
		"Create of readonly":    r.Create(ctx, &Ticket{State: "x"}),
		"Create of updateonly":  r.Create(ctx, &Ticket{Later: 1}),
		"Update of readonly":    lastOf(r.ByID(7).Update(ctx, tickets.State.Set("x"))),
		"Update of createonly":  lastOf(r.ByID(7).Update(ctx, tickets.Once.Set(1))),
		"Where of noquery":      lastOf(r.Where(tickets.Quiet.Eq("q")).All(ctx)),
		"Sort of noquery":       lastOf(r.OrderBy(tickets.Quiet.Asc()).All(ctx)),
		"UpdateMany by noquery": second(r.Where(tickets.Quiet.Eq("q")).UpdateMany(ctx, tickets.Later.Set(1))),
	} {
		if !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if len(sent) != 0 {
		t.Fatalf("sent %v", sent)
	}
	x := Ticket{Title: "t", Once: 2}
	if err := r.Create(ctx, &x); err != nil || x.State != "open" || x.Later != 1 {
		t.Fatal(x, err)
	}
	for _, key := range []string{"state", "later"} {
		if v, there := sent[0][key]; there {
			t.Errorf("a create gives %s: %v", key, v)
		}
	}
	if sent[0]["made"] == nil || sent[0]["once"] == nil || sent[0]["quiet"] == nil {
		t.Errorf("a create leaves out what it gives: %v", sent[0])
	}
}

func lastOf[T any](_ T, err error) error { return err }

// Form says where its API tells which field it refuses.
type Form struct {
	ID    int64  `orm:"id,auto,datasource=blog"`
	Email string `orm:"e_mail"`
	Name  string `orm:"name"`
}

func (Form) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindUnique: httpapi.GET("/forms/{id}").Item("$"),
		Create:     httpapi.POST("/forms").BodyAll().Item("$").ErrorField("$.errors[*].field"),
		Update:     httpapi.PATCH("/forms/{id}").BodyAll().Item("$").ErrorField("$.fields"),
	}
}

func TestRefusalsOfAnAPINameTheField(t *testing.T) {
	status, body := 422, any(nil)
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			reply(w, 200, map[string]any{"id": 1, "e_mail": "a", "name": "b"})
			return
		}
		reply(w, status, body)
	}), orm.Models(Form{}))
	ctx, r := t.Context(), orm.Repo[Form](db)
	list := func(names ...string) any {
		var out []any
		for _, n := range names {
			out = append(out, map[string]any{"field": n, "message": "secret-value"})
		}
		return map[string]any{"errors": out}
	}
	for _, c := range []struct {
		status int
		body   any
		field  string
	}{
		{422, list("e_mail"), "Email"}, {409, list("/data/attributes/e_mail"), "Email"}, {400, list("Name"), "Name"}, {422, list("secret-value"), ""},
		{422, list("name", "e_mail"), ""}, {422, list("name", "form.name"), "Name"}, {422, "secret-value", ""}, {500, list("name"), ""}, {422, map[string]any{"errors": "name"}, ""},
	} {
		status, body = c.status, c.body
		err := r.Create(ctx, &Form{Email: "x"})
		var e *orm.Error
		if !errors.As(err, &e) || e.Field != c.field || e.Model != "Form" || leaks(err) {
			t.Errorf("%d %v: %v", c.status, c.body, err)
		}
	}
	status, body = 422, map[string]any{"fields": map[string]any{"name": []string{"is taken: secret-value"}}}
	_, err := r.ByID(1).Update(ctx, r.F("Name").Set("x"))
	var e *orm.Error
	if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &e) || e.Field != "Name" || leaks(err) {
		t.Errorf("Update: %v", err)
	}
}
