package randomquery

import "github.com/multi-orm/orm"

// One gives the models of the graph in one source, main.
func One() orm.Option { return orm.Models(oneOwner{}, oneToy{}, oneTie{}, oneSeal{}) }

type oneOwner struct {
	_ struct{} `orm:"table=owners,datasource=main"`
	Owner

	Kids  []oneKid  `orm:"relation=id:owner_id"`
	Best  *oneKid   `orm:"relation=best_id:id"`
	Plot  *onePlot  `orm:"relation=x+y:x+y"`
	Tags  []oneTag  `orm:"relation=id:id,through=ties(owner_id:tag_id)"`
	Marks []oneMark `orm:"relation=id:id,through=seals(owner_id:mark_id)"`
}

type oneKid struct {
	_ struct{} `orm:"table=kids,datasource=main"`
	Kid

	Owner *oneOwner `orm:"relation=owner_id:id"`
	Toys  []oneToy  `orm:"relation=id:kid_id"`
}

type oneToy struct {
	_ struct{} `orm:"table=toys,datasource=main"`
	Toy

	Kid *oneKid `orm:"relation=kid_id:id"`
}

type onePlot struct {
	_ struct{} `orm:"table=plots,datasource=main"`
	Plot

	Owners []oneOwner `orm:"relation=x+y:x+y"`
}

type oneTag struct {
	_ struct{} `orm:"table=tags,datasource=main"`
	Tag

	Owners []oneOwner `orm:"relation=id:id,through=ties(tag_id:owner_id)"`
}

type oneTie struct {
	_ struct{} `orm:"table=ties,datasource=main"`
	Tie
}

type oneMark struct {
	_ struct{} `orm:"table=marks,datasource=main"`
	Mark

	Owners []oneOwner `orm:"relation=id:id,through=seals(mark_id:owner_id)"`
}

type oneSeal struct {
	_ struct{} `orm:"table=seals,datasource=main"`
	Seal
}
