package orm_test

import (
	"context"
	"fmt"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// Sale is an order of a shop.
type Sale struct {
	ID     int64  `orm:"id,auto"`
	Status string `orm:"status"`
	Region string `orm:"region"`
	Cents  int64  `orm:"cents"`
}

// ByStatus is what Aggregate says of the sales of one status.
type ByStatus struct {
	Status  string
	Sales   int64   `orm:"agg=count(*)"`
	Regions int64   `orm:"agg=count(distinct Region)"`
	Cents   int64   `orm:"agg=sum(Cents)"`
	Mean    float64 `orm:"agg=avg(Cents)"`
}

// Turnover is what Aggregate says of all sales: nothing in it groups.
type Turnover struct {
	Sales   int64  `orm:"agg=count(*)"`
	Cents   int64  `orm:"agg=sum(Cents)"`
	Largest *int64 `orm:"agg=max(Cents)"`
}

var (
	Sales = orm.Bind[Sale, struct {
		Status orm.Text[Sale]
		Region orm.Text[Sale]
		Cents  orm.Col[Sale, int64]
	}]()
	Statuses = orm.Bind[ByStatus, struct {
		Status orm.Text[ByStatus]
		Sales  orm.Col[ByStatus, int64]
		Cents  orm.Col[ByStatus, int64]
	}]()
)

// market opens a database in memory that holds five sales.
func market() orm.DB {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Sale{}))
	check(err)
	check(orm.CreateTables(ctx, db))
	_, err = orm.Repo[Sale](db).CreateMany(ctx, []Sale{
		{Status: "paid", Region: "north", Cents: 1000}, {Status: "open", Region: "north", Cents: 500}, {Status: "paid", Region: "south", Cents: 2500},
		{Status: "paid", Region: "south", Cents: 400}, {Status: "void", Region: "east", Cents: 90},
	})
	check(err)
	return db
}

func ExampleAggregate() {
	ctx, db := context.Background(), market()
	defer db.Close()

	groups, err := orm.Aggregate[ByStatus](ctx, orm.Repo[Sale](db).Where(Sales.Region.Ne("east")))
	check(err)
	for _, g := range groups {
		fmt.Printf("%s: %d sales in %d regions, %d cents, %.0f on average\n", g.Status, g.Sales, g.Regions, g.Cents, g.Mean)
	}

	none, err := orm.Aggregate[Turnover](ctx, orm.Repo[Sale](db).Where(Sales.Region.Eq("west")))
	check(err)
	fmt.Println(none[0].Sales, none[0].Cents, none[0].Largest == nil)
	// Output:
	// open: 1 sales in 1 regions, 500 cents, 500 on average
	// paid: 3 sales in 2 regions, 3900 cents, 1300 on average
	// 0 0 true
}

// Client is billed by invoices.
type Client struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name"`
}

// Charge bills a client.
type Charge struct {
	ID       int64      `orm:"id,auto"`
	ClientID int64      `orm:"client_id"`
	IssuedAt time.Time  `orm:"issued_at"`
	PaidAt   *time.Time `orm:"paid_at"`
	Cents    int64      `orm:"cents"`

	Client *Client `orm:"relation=client_id:id"`
}

// Monthly is what Aggregate says of the invoices of a month and a client. Month and Client are no columns of an invoice.
type Monthly struct {
	Month   string
	Client  *string
	Revenue int64 `orm:"agg=sum(Cents)"`
	Paid    int64 `orm:"agg=sum(Cents)"`
}

var (
	Clients = orm.Bind[Client, struct{ Name orm.Text[Client] }]()

	Charges = orm.Bind[Charge, struct {
		IssuedAt orm.Time[Charge]
		PaidAt   orm.Time[Charge]
		Cents    orm.Col[Charge, int64]
		Client   orm.One[Charge, Client]
	}]()
)

// bureau opens a database in memory that holds three invoices, one of them of New Year's Eve in London.
func bureau() orm.DB {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Client{}, Charge{}))
	check(err)
	check(orm.CreateTables(ctx, db))
	check(orm.Repo[Client](db).Create(ctx, &Client{Name: "Acme"}))
	paid := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	_, err = orm.Repo[Charge](db).CreateMany(ctx, []Charge{
		{ClientID: 1, IssuedAt: time.Date(2025, 12, 31, 23, 30, 0, 0, time.UTC), Cents: 100, PaidAt: &paid},
		{ClientID: 1, IssuedAt: time.Date(2026, 1, 20, 9, 0, 0, 0, time.UTC), Cents: 5000},
		{ClientID: 1, IssuedAt: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC), Cents: 70, PaidAt: &paid},
	})
	check(err)
	return db
}

// The revenue of each month by client, with months as the clocks of Berlin have them.
func ExampleGroupBy() {
	ctx, db := context.Background(), bureau()
	defer db.Close()
	berlin, err := time.LoadLocation("Europe/Berlin")
	check(err)

	report, err := orm.Aggregate[Monthly](ctx, orm.Repo[Charge](db),
		orm.GroupBy("Month", Charges.IssuedAt.Zone(berlin).YearMonth()),
		orm.GroupBy("Client", orm.Through(Charges.Client, Clients.Name)),
		orm.AggregateFilter("Paid", Charges.PaidAt.IsNotNull()))
	check(err)
	for _, m := range report {
		fmt.Println(m.Month, *m.Client, m.Revenue, m.Paid)
	}
	// Output:
	// 2026-01 Acme 5100 100
	// 2026-02 Acme 70 70
}

func ExampleAggregateFilter() {
	ctx, db := context.Background(), bureau()
	defer db.Close()

	all, err := orm.Aggregate[struct {
		Charges int64 `orm:"agg=count(*)"`
		Paid    int64 `orm:"agg=count(*)"`
		Due     int64 `orm:"agg=sum(Cents)"`
	}](ctx, orm.Repo[Charge](db), orm.AggregateFilter("Paid", Charges.PaidAt.IsNotNull()), orm.AggregateFilter("Due", Charges.PaidAt.IsNull()))
	check(err)
	fmt.Println(all[0].Charges, all[0].Paid, all[0].Due)
	// Output: 3 2 5000
}

func ExampleCase() {
	ctx, db := context.Background(), bureau()
	defer db.Close()

	sizes, err := orm.Aggregate[struct {
		Size    string
		Charges int64 `orm:"agg=count(*)"`
	}](ctx, orm.Repo[Charge](db), orm.GroupBy("Size", orm.Case("large",
		orm.When(Charges.Cents.Lt(100), "small"), orm.When(Charges.Cents.Lt(1000), "medium"))))
	check(err)
	fmt.Println(sizes)
	// Output: [{large 1} {medium 1} {small 1}]
}

// What is computed through a relation is compared and sorted by as well.
func ExampleThrough() {
	ctx, db := context.Background(), bureau()
	defer db.Close()

	client := orm.Through(Charges.Client, Clients.Name)
	n, err := orm.Repo[Charge](db).Where(client.In("Acme", "Zenith"), Charges.IssuedAt.YearMonth().Eq("2026-01")).OrderBy(client.Asc()).All(ctx)
	check(err)
	fmt.Println(len(n), n[0].Cents)
	// Output: 1 5000
}

func ExampleHaving() {
	ctx, db := context.Background(), market()
	defer db.Close()

	groups, err := orm.Aggregate[ByStatus](ctx, orm.Repo[Sale](db),
		orm.Having(orm.Or(Statuses.Sales.Gt(1), Statuses.Status.Eq("void"))),
		orm.Having(orm.F(func(s *ByStatus) *int64 { return &s.Cents }).Lt(10_000)))
	check(err)
	for _, g := range groups {
		fmt.Println(g.Status, g.Sales)
	}
	// Output:
	// paid 3
	// void 1
}

func ExampleGroupOrder() {
	ctx, db := context.Background(), market()
	defer db.Close()

	largest, err := orm.Aggregate[ByStatus](ctx, orm.Repo[Sale](db), orm.GroupOrder(Statuses.Cents.Desc()), orm.GroupTake(2))
	check(err)
	for _, g := range largest {
		fmt.Println(g.Status, g.Cents)
	}
	second, err := orm.Aggregate[ByStatus](ctx, orm.Repo[Sale](db), orm.GroupOrder(orm.Named[ByStatus]("Cents").Desc()), orm.GroupSkip(1), orm.GroupTake(1))
	check(err)
	fmt.Println(second[0].Status)
	// Output:
	// paid 3900
	// open 500
	// open
}

// Counts counts the related rows of rows that are there already, in one statement for all of them.
func ExampleRepo_Counts() {
	ctx := context.Background()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	ada, err := users.ByID(1).One(ctx)
	check(err)
	bob, err := users.ByID(2).One(ctx)
	check(err)

	numbers, err := users.Counts(ctx, []*User{&bob, &ada, &bob}, Users.Orders.Count(), Users.Orders.Count(Orders.Total.Gt(50)), Users.Teams.Count())
	fmt.Println(numbers, err)
	// Output: [[1 3 1] [0 3 0] [1 2 1]] <nil>
}

// Line is one line of a bill: so many pieces at a price, of which some were paid.
type Line struct {
	ID       int64  `orm:"id,auto"`
	Bill     int64  `orm:"bill"`
	Quantity int64  `orm:"quantity"`
	Price    string `orm:"price,decimal=12.2"`
	Paid     string `orm:"paid,decimal=12.2"`
}

// BillTotal is what Aggregate says of the lines of one bill.
type BillTotal struct {
	Bill  int64
	Total string `orm:"agg=sum(Quantity*Price)"`
}

var Lines = orm.Bind[Line, struct {
	ID          orm.Col[Line, int64]
	Price, Paid orm.Text[Line]
}]()

// lines opens a database in memory that holds the lines of two bills.
func lines() orm.DB {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Line{}))
	check(err)
	check(orm.CreateTables(ctx, db))
	_, err = orm.Repo[Line](db).CreateMany(ctx, []Line{
		{Bill: 1, Quantity: 3, Price: "0.10", Paid: "0.10"}, {Bill: 1, Quantity: 2, Price: "19.99", Paid: "9.00"}, {Bill: 2, Quantity: 7, Price: "0.70", Paid: "0"},
	})
	check(err)
	return db
}

// The numbers of several columns are multiplied row by row, exactly, before they are summed.
func ExampleAggregate_products() {
	db := lines()
	defer db.Close()
	bills, err := orm.Aggregate[BillTotal](context.Background(), orm.Repo[Line](db))
	check(err)
	for _, b := range bills {
		fmt.Println(b.Bill, b.Total)
	}
	// Output:
	// 1 40.28
	// 2 4.90
}

// The groups come in their order, so a running total is a sum over them.
func ExampleAggregate_runningTotal() {
	db := market()
	defer db.Close()
	rows, err := orm.Aggregate[ByStatus](context.Background(), orm.Repo[Sale](db), orm.GroupOrder(Statuses.Cents.Desc()))
	check(err)
	var sum int64
	for _, r := range rows {
		sum += r.Cents
		fmt.Println(r.Status, r.Cents, sum)
	}
	// Output:
	// paid 3900 3900
	// open 500 4400
	// void 90 4490
}

// Two columns of a row are compared with each other, decimals as the numbers they are.
func ExampleCol_gtCol() {
	db := lines()
	defer db.Close()
	open, err := orm.Repo[Line](db).Where(Lines.Price.GtCol(Lines.Paid)).OrderBy(Lines.ID.Asc()).All(context.Background())
	check(err)
	for _, l := range open {
		fmt.Println(l.Price, l.Paid)
	}
	// Output:
	// 19.99 9.00
	// 0.70 0.00
}
