package conformance

import (
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/randomquery"
	"github.com/multi-orm/orm/source/httpapi"
)

// webGraph gives the models of the graph of package randomquery a third time: owners and seals are in a database, all else
// on an API whose endpoints know a part of what is asked, each another one.
func webGraph() orm.Option { return orm.Models(webOwner{}, webToy{}, webTie{}, webSeal{}) }

type webOwner struct {
	_ struct{} `orm:"table=owners,datasource=main"`
	randomquery.Owner

	Kids  []webKid  `orm:"relation=id:owner_id"`
	Best  *webKid   `orm:"relation=best_id:id"`
	Plot  *webPlot  `orm:"relation=x+y:x+y"`
	Tags  []webTag  `orm:"relation=id:id,through=ties(owner_id:tag_id)"`
	Marks []webMark `orm:"relation=id:id,through=seals(owner_id:mark_id)"`
}

// webKid is listed by offset, with conditions, and has a bulk call for keys.
type webKid struct {
	_ struct{} `orm:"table=kids,datasource=other"`
	randomquery.Kid

	Owner *webOwner `orm:"relation=owner_id:id"`
	Toys  []webToy  `orm:"relation=id:kid_id"`
}

// webToy is searched with cursors, and counted.
type webToy struct {
	_ struct{} `orm:"table=toys,datasource=other"`
	randomquery.Toy

	Kid *webKid `orm:"relation=kid_id:id"`
}

// webPlot has numbered pages, and one condition on half of its key.
type webPlot struct {
	_ struct{} `orm:"table=plots,datasource=other"`
	randomquery.Plot

	Owners []webOwner `orm:"relation=x+y:x+y"`
}

// webTag is listed whole, by links, and has a bulk call in the query string.
type webTag struct {
	_ struct{} `orm:"table=tags,datasource=other"`
	randomquery.Tag

	Owners []webOwner `orm:"relation=id:id,through=ties(tag_id:owner_id)"`
}

type webTie struct {
	_ struct{} `orm:"table=ties,datasource=other"`
	randomquery.Tie
}

// webMark is one reply that is kept, and is asked for one by one.
type webMark struct {
	_ struct{} `orm:"table=marks,datasource=other"`
	randomquery.Mark

	Owners []webOwner `orm:"relation=id:id,through=seals(mark_id:owner_id)"`
}

type webSeal struct {
	_ struct{} `orm:"table=seals,datasource=main"`
	randomquery.Seal
}

func restMany(table string) httpapi.Endpoint {
	return httpapi.POST("/"+table+"/many").Body("rows", "$data")
}

func (webKid) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/kids/list").Query("owner_id~in", "$where.OwnerID.in?").Query("n", "$where.N.eq?").Query("n~gt", "$where.N.gt?").Query("n~isNull", "$where.N.isNull?").
			Query("skip", "$skip").Query("take", "$take").Query("order", "$orderBy").Items("$.rows").Total("$.total").Sorted("ID").Chunk(6),
		FindUnique: httpapi.GET("/kids/one/{id}").Item("$"),
		FindBulk:   httpapi.POST("/kids/bulk").Body("id", "$where.ID.in").Items("$.data").Chunk(4),
		CreateMany: restMany("kids"),
	}
}

func (webToy) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.POST("/toys/search").Body("kid_id", "$where.KidID.in?").Body("n~ne", "$where.N.ne?").Body("n", "$where.N.in?").
			Body("cursor", "$cursor").Body("take", "$take").Items("$.rows").Next("$.next").Sorted("ID"),
		FindFirst:  httpapi.GET("/toys/first").Query("n~lte", "$where.N.lte?").Item("$.row").Sorted("ID"),
		Count:      httpapi.GET("/toys/count").Query("n", "$where.N.eq?").Query("n~ne", "$where.N.ne?").Total("$.count"),
		CreateMany: restMany("toys"),
	}
}

func (webPlot) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/plots/pages").Query("page", "$page").Query("x", "$where.X.eq?").Items("$").Sorted("X", "Y"),
		FindUnique: httpapi.GET("/plots/one/{x}/{y}").Item("$"),
		CreateMany: restMany("plots"),
	}
}

func (webTag) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/tags/links").Items("$").NextLink(),
		FindBulk:   httpapi.GET("/tags/bulk").Query("id[]", "$where.ID.in").Items("$.data[*]").Chunk(3),
		CreateMany: restMany("tags"),
	}
}

func (webTie) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/ties/list").Query("owner_id~in", "$where.OwnerID.in?").Query("tag_id~in", "$where.TagID.in?").
			Query("skip", "$skip").Query("take", "$take").Items("$.rows"),
		CreateMany: restMany("ties"),
	}
}

func (webMark) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/marks/all").Items("$"),
		FindUnique: httpapi.GET("/marks/one/{id}").Item("$"),
		CreateMany: restMany("marks"),
		Cache:      httpapi.Cache{TTL: time.Hour, Size: 4},
	}
}
