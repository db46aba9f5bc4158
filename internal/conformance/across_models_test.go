package conformance

// One graph, bound twice: to one source, and split over two. Keys may be NULL and may lead nowhere.

type oneOwner struct {
	ID     int64   `orm:"id,table=owners,datasource=main"`
	N      *int64  `orm:"n"`
	BestID *int64  `orm:"best_id"`
	X      *int64  `orm:"x"`
	Y      *string `orm:"y"`

	Kids  []oneKid  `orm:"relation=id:owner_id"`
	Best  *oneKid   `orm:"relation=best_id:id"`
	Plot  *onePlot  `orm:"relation=x+y:x+y"`
	Tags  []oneTag  `orm:"relation=id:id,through=ties(owner_id:tag_id)"`
	Marks []oneMark `orm:"relation=id:id,through=seals(owner_id:mark_id)"`
}

type oneKid struct {
	ID      int64  `orm:"id,table=kids,datasource=main"`
	N       *int64 `orm:"n"`
	OwnerID *int64 `orm:"owner_id"`

	Owner *oneOwner `orm:"relation=owner_id:id"`
	Toys  []oneToy  `orm:"relation=id:kid_id"`
}

type oneToy struct {
	ID    int64  `orm:"id,table=toys,datasource=main"`
	N     *int64 `orm:"n"`
	KidID *int64 `orm:"kid_id"`

	Kid *oneKid `orm:"relation=kid_id:id"`
}

type onePlot struct {
	X int64  `orm:"x,id,table=plots,datasource=main"`
	Y string `orm:"y,id"`
	N *int64 `orm:"n"`

	Owners []oneOwner `orm:"relation=x+y:x+y"`
}

type oneTag struct {
	ID int64  `orm:"id,table=tags,datasource=main"`
	N  *int64 `orm:"n"`

	Owners []oneOwner `orm:"relation=id:id,through=ties(tag_id:owner_id)"`
}

type oneTie struct {
	OwnerID int64 `orm:"owner_id,id,table=ties,datasource=main"`
	TagID   int64 `orm:"tag_id,id"`
}

type oneMark struct {
	ID int64  `orm:"id,table=marks,datasource=main"`
	N  *int64 `orm:"n"`

	Owners []oneOwner `orm:"relation=id:id,through=seals(mark_id:owner_id)"`
}

type oneSeal struct {
	ID      int64  `orm:"id,table=seals,datasource=main"`
	OwnerID *int64 `orm:"owner_id"`
	MarkID  *int64 `orm:"mark_id"`
}

type twoOwner struct {
	ID     int64   `orm:"id,table=owners,datasource=main"`
	N      *int64  `orm:"n"`
	BestID *int64  `orm:"best_id"`
	X      *int64  `orm:"x"`
	Y      *string `orm:"y"`

	Kids  []twoKid  `orm:"relation=id:owner_id"`
	Best  *twoKid   `orm:"relation=best_id:id"`
	Plot  *twoPlot  `orm:"relation=x+y:x+y"`
	Tags  []twoTag  `orm:"relation=id:id,through=ties(owner_id:tag_id)"`
	Marks []twoMark `orm:"relation=id:id,through=seals(owner_id:mark_id)"`
}

type twoKid struct {
	ID      int64  `orm:"id,table=kids,datasource=other"`
	N       *int64 `orm:"n"`
	OwnerID *int64 `orm:"owner_id"`

	Owner *twoOwner `orm:"relation=owner_id:id"`
	Toys  []twoToy  `orm:"relation=id:kid_id"`
}

type twoToy struct {
	ID    int64  `orm:"id,table=toys,datasource=main"`
	N     *int64 `orm:"n"`
	KidID *int64 `orm:"kid_id"`

	Kid *twoKid `orm:"relation=kid_id:id"`
}

type twoPlot struct {
	X int64  `orm:"x,id,table=plots,datasource=other"`
	Y string `orm:"y,id"`
	N *int64 `orm:"n"`

	Owners []twoOwner `orm:"relation=x+y:x+y"`
}

type twoTag struct {
	ID int64  `orm:"id,table=tags,datasource=other"`
	N  *int64 `orm:"n"`

	Owners []twoOwner `orm:"relation=id:id,through=ties(tag_id:owner_id)"`
}

type twoTie struct {
	OwnerID int64 `orm:"owner_id,id,table=ties,datasource=other"`
	TagID   int64 `orm:"tag_id,id"`
}

type twoMark struct {
	ID int64  `orm:"id,table=marks,datasource=other"`
	N  *int64 `orm:"n"`

	Owners []twoOwner `orm:"relation=id:id,through=seals(mark_id:owner_id)"`
}

type twoSeal struct {
	ID      int64  `orm:"id,table=seals,datasource=main"`
	OwnerID *int64 `orm:"owner_id"`
	MarkID  *int64 `orm:"mark_id"`
}
