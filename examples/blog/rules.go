package main

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest"
)

// mine keeps the actor's own posts.
func mine(_ context.Context, a orm.Actor) (orm.Pred[Post], error) {
	id, _ := a.ID.(string)
	return Posts.UserID.Eq(id), nil
}

// author makes a new post the actor's.
func author(_ context.Context, a orm.Actor) (orm.Assign[Post], error) {
	id, _ := a.ID.(string)
	return Posts.UserID.Set(id), nil
}

// rules says who may do what: admins see users, users see and write their own posts, guests see the titles of posts, and
// anybody fills baskets with fruit.
func rules() []rest.Option {
	who := guard.Shape[User]{Select: guard.Only(Users.ID, Users.Name)}
	ownPost := guard.Shape[Post]{
		Select: guard.Only(Posts.ID, Posts.UserID, Posts.Title, Posts.Body, Posts.Version, Posts.CreatedAt, Posts.UpdatedAt),
		Where: guard.Where[Post]{guard.ForceFor(mine),
			guard.Allow(Posts.ID), guard.Allow(Posts.Title), guard.Allow(Posts.Body), guard.Allow(Posts.CreatedAt)},
		Logic:   guard.And | guard.Or | guard.Not,
		OrderBy: guard.Only(Posts.CreatedAt, Posts.Title),
		Default: guard.Order(Posts.CreatedAt.Desc(), Posts.ID.Desc()),
		Take:    guard.Take{Default: 10, Max: 50},
		Skip:    10_000,
		With:    guard.With[Post]{guard.Include(Posts.User, who)},
		Create:  guard.Data[Post]{guard.Accept(Posts.Title), guard.Accept(Posts.Body), guard.FixFor(author)},
		Update:  guard.Data[Post]{guard.Accept(Posts.Title), guard.Accept(Posts.Body)},
	}
	title := guard.Shape[Post]{
		Select:  guard.Only(Posts.ID, Posts.Title, Posts.CreatedAt),
		Default: guard.Order(Posts.CreatedAt.Desc(), Posts.ID.Desc()),
		Take:    guard.Take{Default: 10, Max: 10},
		With:    guard.With[Post]{guard.Include(Posts.User, guard.Shape[User]{Select: guard.Only(Users.Name)})},
	}
	self := guard.Shape[User]{
		Select: guard.Only(Users.ID, Users.Name, Users.Email, Users.Role, Users.CreatedAt),
		Where: guard.Where[User]{guard.ForceFor(func(_ context.Context, a orm.Actor) (orm.Pred[User], error) {
			id, _ := a.ID.(string)
			return Users.ID.Eq(id), nil
		})},
	}
	anyUser := guard.Shape[User]{
		Select:  guard.Only(Users.ID, Users.Name, Users.Email, Users.Role, Users.CreatedAt),
		Where:   guard.Where[User]{guard.Allow(Users.Email), guard.Allow(Users.Role)},
		OrderBy: guard.Only(Users.Name, Users.CreatedAt),
	}
	fruit := guard.Shape[Fruit]{
		Select:  guard.Only(Fruits.ID, Fruits.Name, Fruits.Sweetness, Fruits.Sourness, Fruits.BasketID),
		Where:   guard.Where[Fruit]{guard.Allow(Fruits.Name), guard.Allow(Fruits.Sweetness)},
		OrderBy: guard.Only(Fruits.Name, Fruits.Sweetness),
		Create:  guard.Data[Fruit]{guard.Accept(Fruits.Name), guard.Accept(Fruits.Sweetness), guard.Accept(Fruits.Sourness), guard.Accept(Fruits.BasketID)},
	}
	basket := guard.Shape[Basket]{
		Select:  guard.Only(Baskets.ID, Baskets.Name, Baskets.Capacity),
		Where:   guard.Where[Basket]{guard.Allow(Baskets.Name)},
		OrderBy: guard.Only(Baskets.Name),
		Create:  guard.Data[Basket]{guard.Accept(Baskets.Name), guard.Accept(Baskets.Capacity)},
		With: guard.With[Basket]{guard.Include(Baskets.Fruit, guard.Shape[Fruit]{
			Select: guard.Only(Fruits.ID, Fruits.Name, Fruits.Sweetness, Fruits.Sourness), Where: fruit.Where, OrderBy: fruit.OrderBy,
		}), guard.Count(Baskets.Fruit)},
	}
	return []rest.Option{
		rest.Resource("users", rest.Rules[User]{Description: "Everybody who can sign in, for admins.", Get: rest.By[User]{"admin": anyUser}}),
		rest.Resource("user", rest.Rules[User]{Description: "Who is signed in.", Single: rest.Always, Get: rest.By[User]{rest.Mine: self}}),
		rest.Resource("posts", rest.Rules[Post]{
			Description: "Posts: one's own to read and write, the titles for everybody.",
			Get:         rest.By[Post]{rest.Mine: ownPost, rest.Guest: title},
			Post:        rest.By[Post]{rest.Mine: ownPost},
			Patch:       rest.By[Post]{rest.Mine: ownPost},
			Delete:      rest.By[Post]{rest.Mine: ownPost},
			CountTotal:  true,
		}),
		rest.Resource("fruits", rest.Rules[Fruit]{
			Get: rest.By[Fruit]{rest.All: fruit}, Post: rest.By[Fruit]{rest.All: fruit}, Delete: rest.By[Fruit]{rest.All: fruit},
			CountTotal: true, EveryRow: true,
		}),
		rest.Resource("baskets", rest.Rules[Basket]{
			Get: rest.By[Basket]{rest.All: basket}, Post: rest.By[Basket]{rest.All: basket}, Delete: rest.By[Basket]{rest.All: basket},
			EveryRow: true,
		}),
	}
}
