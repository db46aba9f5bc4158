package introspect

import (
	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
)

// Relations is an option of orm.Open: relations whose tag leaves their columns out are given those of the database's foreign keys.
//
//	Threads []Thread `orm:"relation"`            // the key between the two tables, whichever holds it, or through a table that links them
//	Editor  *User    `orm:"relation=editor_id"`  // the key of these columns; with + between several
//
// A pointer goes by a key of its own model, or by one that is unique in the other; a slice by a key of the other model or by a
// link table, whose two keys are together unique. The column that is named is one of the table that holds the key; of a link
// table, one that holds the key of the relation's own model.
//
// Open fails with ErrInvalid and lists them where several keys could be meant, where none is, where the names of columns say
// otherwise than the keys do, and where two relations of a model would go by one key that they do not name. It reads the catalogue
// of each source that has such relations, once; a source without foreign keys leaves them to the names of columns.
//
// Models are shared by all databases that a program opens. A database opened later, with this option too, whose keys give
// other columns is refused: the tag has to say them then. Guards that are compiled before Open cannot hold such relations.
func Relations() orm.Option {
	return engine.Option(func(c *engine.Config) error {
		c.KeysTell = true
		return nil
	})
}
