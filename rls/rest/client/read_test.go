package client_test

import (
	"context"
	"testing"

	"github.com/multi-orm/orm"
)

func TestSmoke(t *testing.T) {
	b := service(t)
	b.fill()
	db := b.dial()
	ctx := context.Background()
	got := must(orm.Repo[Post](db).Where(posts.Title.StartsWith("Hello")).With(posts.User).OrderBy(posts.ID.Desc()).Take(5).All(ctx))
	for _, p := range got {
		t.Log(p.ID, p.Title, p.Likes, p.User)
	}
	t.Log(b.one("posts"))
}
