package randomquery

import "github.com/multi-orm/orm"

// Two gives the models of the graph that is split over two sources, main and other.
func Two() orm.Option { return orm.Models(TwoOwner{}, TwoToy{}, TwoTie{}, TwoSeal{}) }

// TwoOwner is an owner in main, whose kids, plot, tags and marks are in other.
type TwoOwner struct {
	_ struct{} `orm:"table=owners,datasource=main"`
	Owner

	Kids  []TwoKid  `orm:"relation=id:owner_id"`
	Best  *TwoKid   `orm:"relation=best_id:id"`
	Plot  *TwoPlot  `orm:"relation=x+y:x+y"`
	Tags  []TwoTag  `orm:"relation=id:id,through=ties(owner_id:tag_id)"`
	Marks []TwoMark `orm:"relation=id:id,through=seals(owner_id:mark_id)"`
}

// TwoKid is a kid in other, between an owner and toys in main.
type TwoKid struct {
	_ struct{} `orm:"table=kids,datasource=other"`
	Kid

	Owner *TwoOwner `orm:"relation=owner_id:id"`
	Toys  []TwoToy  `orm:"relation=id:kid_id"`
}

// TwoToy is a toy in main, whose kid is in other.
type TwoToy struct {
	_ struct{} `orm:"table=toys,datasource=main"`
	Toy

	Kid *TwoKid `orm:"relation=kid_id:id"`
}

// TwoPlot is a plot in other.
type TwoPlot struct {
	_ struct{} `orm:"table=plots,datasource=other"`
	Plot

	Owners []TwoOwner `orm:"relation=x+y:x+y"`
}

// TwoTag is a tag in other, and so are its ties.
type TwoTag struct {
	_ struct{} `orm:"table=tags,datasource=other"`
	Tag

	Owners []TwoOwner `orm:"relation=id:id,through=ties(tag_id:owner_id)"`
}

// TwoTie is a tie in other.
type TwoTie struct {
	_ struct{} `orm:"table=ties,datasource=other"`
	Tie
}

// TwoMark is a mark in other, whose seals are in main.
type TwoMark struct {
	_ struct{} `orm:"table=marks,datasource=other"`
	Mark

	Owners []TwoOwner `orm:"relation=id:id,through=seals(mark_id:owner_id)"`
}

// TwoSeal is a seal in main.
type TwoSeal struct {
	_ struct{} `orm:"table=seals,datasource=main"`
	Seal
}
