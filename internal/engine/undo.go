package engine

import "github.com/multi-orm/orm/internal/fault"

// undoable refuses a write whose rows a policy must see afterwards, on a source that could not take it back.
func (w *writing) undoable() error {
	if !w.reg.Verified(w.m) || w.src.Capabilities().Transactions {
		return nil
	}
	return fault.New(fault.ErrUnsupported, w.m.Name, "", "a policy is checked on the row as it was written, and this source cannot undo a write that leaves it")
}
