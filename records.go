package orm

import "github.com/multi-orm/orm/internal/engine"

// Engine is for packages of this module that build statements about models made at run time, such as source/introspect:
// no other can make a Friend. Hooks and scopes hold for what they do, since the engine asks them.
func (db DB) Engine(engine.Friend) (*engine.Session, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	return db.s, nil
}
