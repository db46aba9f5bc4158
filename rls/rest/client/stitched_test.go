package client_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
	"github.com/multi-orm/orm/rls/rest/client"
	"github.com/multi-orm/orm/source/sqlite"
)

// What two services have of their own: neither knows the other, nor who buys.
type (
	ownOrder struct {
		ID      int64     `orm:"id,auto,table=orders"`
		BuyerID int64     `orm:"buyer_id"`
		What    string    `orm:"what"`
		Lines   []ownLine `orm:"relation=id:order_id"`
		Marks   []ownMark `orm:"relation=id:id,through=order_marks(order_id:mark_id)"`
	}
	ownLine struct {
		ID      int64  `orm:"id,auto,table=lines"`
		OrderID int64  `orm:"order_id"`
		Item    string `orm:"item"`
	}
	ownMark struct {
		ID   int64  `orm:"id,auto,table=marks"`
		Name string `orm:"name"`
	}
	ownShipment struct {
		ID      int64     `orm:"id,auto,table=shipments"`
		OrderID int64     `orm:"order_id"`
		LineID  *int64    `orm:"line_id"`
		Place   string    `orm:"place"`
		Stops   []ownStop `orm:"relation=id:shipment_id"`
	}
	ownStop struct {
		ID         int64  `orm:"id,auto,table=stops"`
		ShipmentID int64  `orm:"shipment_id"`
		Town       string `orm:"town"`
	}
)

// What the program sees: one graph, of which buyers are its own.
type (
	// Buyer is a row of the program's database.
	Buyer struct {
		ID     int64   `orm:"id,auto,datasource=local"`
		Name   string  `orm:"name"`
		Orders []Order `orm:"relation=id:buyer_id"`
	}
	// Order is of the one service.
	Order struct {
		ID        int64      `orm:"id,auto,datasource=shop"`
		BuyerID   int64      `orm:"buyer_id"`
		What      string     `orm:"what"`
		Buyer     *Buyer     `orm:"relation=buyer_id:id"`
		Lines     []Line     `orm:"relation=id:order_id"`
		Marks     []Mark     `orm:"relation=id:id,through=order_marks(order_id:mark_id)"`
		Shipments []Shipment `orm:"relation=id:order_id"`
	}
	// Line is of the same service.
	Line struct {
		ID        int64      `orm:"id,auto,datasource=shop"`
		OrderID   int64      `orm:"order_id"`
		Item      string     `orm:"item"`
		Shipments []Shipment `orm:"relation=id:line_id"`
	}
	// Mark is tied to orders by a table of that service.
	Mark struct {
		ID   int64  `orm:"id,auto,datasource=shop"`
		Name string `orm:"name"`
	}
	// Shipment is of the other service.
	Shipment struct {
		ID      int64  `orm:"id,auto,datasource=post"`
		OrderID int64  `orm:"order_id"`
		LineID  *int64 `orm:"line_id"`
		Place   string `orm:"place"`
		Order   *Order `orm:"relation=order_id:id"`
		Stops   []Stop `orm:"relation=id:shipment_id"`
	}
	// Stop is of that service too.
	Stop struct {
		ID         int64  `orm:"id,auto,datasource=post"`
		ShipmentID int64  `orm:"shipment_id"`
		Town       string `orm:"town"`
	}
)

var (
	ownOrders = orm.Bind[ownOrder, struct {
		Lines orm.Many[ownOrder, ownLine]
		Marks orm.Many[ownOrder, ownMark]
	}]()
	ownShipments = orm.Bind[ownShipment, struct {
		Stops orm.Many[ownShipment, ownStop]
	}]()
	buyers = orm.Bind[Buyer, struct {
		ID     orm.Col[Buyer, int64]
		Name   orm.Text[Buyer]
		Orders orm.Many[Buyer, Order]
	}]()
	orders = orm.Bind[Order, struct {
		ID        orm.Col[Order, int64]
		BuyerID   orm.Col[Order, int64]
		What      orm.Text[Order]
		Buyer     orm.One[Order, Buyer]
		Lines     orm.Many[Order, Line]
		Marks     orm.Many[Order, Mark]
		Shipments orm.Many[Order, Shipment]
	}]()
	lines = orm.Bind[Line, struct {
		ID        orm.Col[Line, int64]
		Item      orm.Text[Line]
		Shipments orm.Many[Line, Shipment]
	}]()
	shipments = orm.Bind[Shipment, struct {
		ID    orm.Col[Shipment, int64]
		Place orm.Text[Shipment]
		Order orm.One[Shipment, Order]
		Stops orm.Many[Shipment, Stop]
	}]()
)

func readable[T any](s guard.Shape[T]) rest.Rules[T] {
	return rest.Rules[T]{Get: rest.By[T]{rest.All: s}}
}

// stitched opens a program's database beside two services, each with rows.
func stitched(t *testing.T) (db orm.DB, shop, post *other) {
	t.Helper()
	ctx := context.Background()
	marks := readOnly(all[ownMark]())
	marks.Take = guard.Take{Default: 100, Max: 200}
	shop = otherService(t, []any{ownOrder{}, ownLine{}, ownMark{}},
		rest.Resource("orders", readable(all(guard.Include(ownOrders.Lines, readOnly(all[ownLine]())), guard.Include(ownOrders.Marks, marks)))),
		rest.Resource("lines", readable(all[ownLine]())), rest.Resource("marks", readable(marks)))
	post = otherService(t, []any{ownShipment{}, ownStop{}},
		rest.Resource("shipments", readable(all(guard.Include(ownShipments.Stops, readOnly(all[ownStop]()))))), rest.Resource("stops", readable(all[ownStop]())))
	must(orm.Repo[ownOrder](shop.own).CreateMany(ctx, []ownOrder{{BuyerID: 1, What: "a"}, {BuyerID: 1, What: "b"}, {BuyerID: 2, What: "c"}, {BuyerID: 9, What: "of nobody"}}))
	must(orm.Repo[ownLine](shop.own).CreateMany(ctx, []ownLine{{OrderID: 1, Item: "pen"}, {OrderID: 1, Item: "ink"}, {OrderID: 3, Item: "cup"}}))
	must(orm.Repo[ownShipment](post.own).CreateMany(ctx, []ownShipment{{OrderID: 1, LineID: ptr(int64(1)), Place: "Bern"}, {OrderID: 3, LineID: ptr(int64(3)), Place: "Chur"}, {OrderID: 1, LineID: ptr(int64(1)), Place: "Zug"}, {OrderID: 77, Place: "lost"}}))
	must(orm.Repo[ownStop](post.own).CreateMany(ctx, []ownStop{{ShipmentID: 1, Town: "Thun"}, {ShipmentID: 1, Town: "Biel"}, {ShipmentID: 2, Town: "Sils"}}))
	db = must(orm.Open(ctx, sqlite.Source("local", ":memory:"), client.Source("shop", shop.server.URL), client.Source("post", post.server.URL),
		orm.Models(Buyer{}, Order{}, Line{}, Mark{}, Shipment{}, Stop{})))
	t.Cleanup(func() { _ = db.Close() })
	ok(orm.CreateTables(ctx, db))
	must(orm.Repo[Buyer](db).CreateMany(ctx, []Buyer{{Name: "ann"}, {Name: "bob"}, {Name: "cy"}}))
	return db, shop, post
}

// A graph over a database and two services takes each service one request, the first one too.
func TestTwoServicesInOneQuery(t *testing.T) {
	db, shop, post := stitched(t)
	ctx := context.Background()
	for name, c := range map[string]struct {
		ask        func() string
		want       string
		shop, post int
	}{
		"three places": {func() string {
			return told(orm.Repo[Buyer](db).Include("Orders.Shipments").OrderBy(buyers.ID.Asc()).All(ctx))
		}, `[{"ID":1,"Name":"ann","Orders":[{"ID":1,"BuyerID":1,"What":"a","Buyer":null,"Lines":null,"Marks":null,"Shipments":[{"ID":1,"OrderID":1,"LineID":1,"Place":"Bern","Order":null,"Stops":null},{"ID":3,"OrderID":1,"LineID":1,"Place":"Zug","Order":null,"Stops":null}]},` +
			`{"ID":2,"BuyerID":1,"What":"b","Buyer":null,"Lines":null,"Marks":null,"Shipments":[]}]},` +
			`{"ID":2,"Name":"bob","Orders":[{"ID":3,"BuyerID":2,"What":"c","Buyer":null,"Lines":null,"Marks":null,"Shipments":[{"ID":2,"OrderID":3,"LineID":3,"Place":"Chur","Order":null,"Stops":null}]}]},{"ID":3,"Name":"cy","Orders":[]}]`, 1, 1},
		"two levels in one service, the third in the other": {func() string {
			return told(orm.Repo[Order](db).Select(orders.ID).With(orders.Lines.Select(lines.Item).OrderBy(lines.ID.Desc()).With(lines.Shipments.Select(shipments.Place).OrderBy(shipments.Place.Desc()))).Where(orders.BuyerID.In(1, 2)).OrderBy(orders.ID.Asc()).All(ctx))
		}, `[{"ID":1,"BuyerID":0,"What":"","Buyer":null,"Lines":[{"ID":0,"OrderID":0,"Item":"ink","Shipments":[]},{"ID":0,"OrderID":0,"Item":"pen","Shipments":[{"ID":0,"OrderID":0,"LineID":null,"Place":"Zug","Order":null,"Stops":null},{"ID":0,"OrderID":0,"LineID":null,"Place":"Bern","Order":null,"Stops":null}]}],"Marks":null,"Shipments":null},` +
			`{"ID":2,"BuyerID":0,"What":"","Buyer":null,"Lines":[],"Marks":null,"Shipments":null},{"ID":3,"BuyerID":0,"What":"","Buyer":null,"Lines":[{"ID":0,"OrderID":0,"Item":"cup","Shipments":[{"ID":0,"OrderID":0,"LineID":null,"Place":"Chur","Order":null,"Stops":null}]}],"Marks":null,"Shipments":null}]`, 1, 1},
		"one level in one service, two in the other": {func() string {
			return told(orm.Repo[Order](db).Select(orders.What).With(orders.Shipments.Select(shipments.Place).OrderBy(shipments.ID.Asc()).With(shipments.Stops)).Where(orders.ID.Eq(1)).One(ctx))
		}, `{"ID":0,"BuyerID":0,"What":"a","Buyer":null,"Lines":null,"Marks":null,"Shipments":[{"ID":0,"OrderID":0,"LineID":null,"Place":"Bern","Order":null,"Stops":[{"ID":1,"ShipmentID":1,"Town":"Thun"},{"ID":2,"ShipmentID":1,"Town":"Biel"}]},{"ID":0,"OrderID":0,"LineID":null,"Place":"Zug","Order":null,"Stops":[]}]}`, 1, 1},
		"all the way back": {func() string {
			return told(orm.Repo[Shipment](db).Select(shipments.Place).With(shipments.Order.Select(orders.What).With(orders.Buyer.Select(buyers.Name))).Where(shipments.Place.In("Zug", "lost")).OrderBy(shipments.ID.Asc()).All(ctx))
		}, `[{"ID":0,"OrderID":0,"LineID":null,"Place":"Zug","Order":{"ID":0,"BuyerID":0,"What":"a","Buyer":{"ID":0,"Name":"ann","Orders":null},"Lines":null,"Marks":null,"Shipments":null},"Stops":null},{"ID":0,"OrderID":0,"LineID":null,"Place":"lost","Order":null,"Stops":null}]`, 1, 1},
		"a page of each parent's": {func() string {
			return told(orm.Repo[Buyer](db).Select(buyers.Name).With(buyers.Orders.Select(orders.What).OrderBy(orders.What.Desc()).Take(1).With(orders.Shipments.Select(shipments.Place).Take(5))).OrderBy(buyers.ID.Asc()).Take(2).All(ctx))
		}, `[{"ID":0,"Name":"ann","Orders":[{"ID":0,"BuyerID":0,"What":"b","Buyer":null,"Lines":null,"Marks":null,"Shipments":[]}]},{"ID":0,"Name":"bob","Orders":[{"ID":0,"BuyerID":0,"What":"c","Buyer":null,"Lines":null,"Marks":null,"Shipments":[{"ID":0,"OrderID":0,"LineID":null,"Place":"Chur","Order":null,"Stops":null}]}]}]`, 1, 1},
		"nothing to ask for": {func() string {
			return told(orm.Repo[Buyer](db).Include("Orders.Shipments").Where(buyers.Name.Eq("nobody")).All(ctx))
		}, `[]`, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			shop.requests()
			post.requests()
			if got := c.ask(); got != c.want {
				t.Errorf("have\n%s\nwant\n%s", got, c.want)
			}
			shop.got(c.shop, "the shop")
			post.got(c.post, "the post")
		})
	}
}

// A filter by rows of another service is answered too: by their keys.
func TestFilterAcrossServices(t *testing.T) {
	db, shop, post := stitched(t)
	ctx := context.Background()
	got := told(orm.Repo[Buyer](db).Where(buyers.Orders.Some(orders.Shipments.Some(shipments.Place.Eq("Chur")))).Select(buyers.Name).All(ctx))
	if want := `[{"ID":0,"Name":"bob","Orders":null}]`; got != want {
		t.Error(got)
	}
	shop.got(1, "the shop")
	post.got(1, "the post")
}

// Rows behind a link table of the service come in one request where they are as few as every shape gives; where one parent has
// more, the list is asked for once more, and from then on at once. More than the shape gives is refused, not cut.
func TestLinkedRowsTakeOneRequest(t *testing.T) {
	db, shop, _ := stitched(t)
	ctx := context.Background()
	marks := make([]ownMark, 250)
	must(orm.Repo[ownMark](shop.own).CreateMany(ctx, marks))
	link := func(from, to int) {
		for i := from; i <= to; i++ {
			must(shop.own.Exec(ctx, "INSERT INTO order_marks (order_id, mark_id) VALUES (:o, :m)", orm.Args{"o": 1, "m": i}))
		}
	}
	for _, c := range []struct{ from, to, most int }{{1, 99, 1}, {100, 150, 5}, {151, 199, 1}} {
		link(c.from, c.to)
		shop.requests()
		o, err := orm.Repo[Order](db).Include("Marks").ByID(1).One(ctx)
		if err != nil || len(o.Marks) != c.to {
			t.Fatal(len(o.Marks), err)
		}
		if n := len(shop.requests()); n > c.most {
			t.Errorf("%d rows took %d requests", c.to, n)
		}
	}
	link(200, 250)
	if o, err := orm.Repo[Order](db).Include("Marks").ByID(1).One(ctx); !errors.Is(err, orm.ErrLimit) {
		t.Error(len(o.Marks), err)
	}
}

// Readers that find out at the same moment that a list is longer than was asked for at first all get it whole.
func TestLinkedRowsOfManyReaders(t *testing.T) {
	for range 3 { // what a source has learned stays, so each is a fresh one
		db, shop, _ := stitched(t)
		ctx := context.Background()
		must(orm.Repo[ownMark](shop.own).CreateMany(ctx, make([]ownMark, 150)))
		for i := 1; i <= 150; i++ {
			must(shop.own.Exec(ctx, "INSERT INTO order_marks (order_id, mark_id) VALUES (:o, :m)", orm.Args{"o": 1, "m": i}))
		}
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if o, err := orm.Repo[Order](db).Include("Marks").ByID(1).One(ctx); err != nil || len(o.Marks) != 150 {
					t.Error(len(o.Marks), err)
				}
			})
		}
		all.Wait()
	}
}
