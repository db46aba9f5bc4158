package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// Ran is what one step of a plan cost when it was run.
type Ran struct {
	Statements int           // statements sent: an include takes several when its keys do not fit into one; 0 when no row needed it
	Rows       int64         // rows that came back
	Duration   time.Duration // until the last row was decoded, the wait for a connection included
}

// Describe fills in the text and the scopes of st.
func Describe(p *Step, src source.Source, st *builder.Select) error {
	ScopedBy(p, st.Scopes)
	if d, ok := src.(source.Describer); ok {
		var err error
		p.Text, err = d.Describe(st)
		return err
	}
	q, ok := src.(source.SQL)
	if !ok {
		return nil
	}
	text, args, err := q.Compile(st)
	p.Text, p.Args = text, len(args)
	return err
}

// ScopedBy notes in p which scopes hold.
func ScopedBy(p *Step, scopes []builder.Scope) {
	p.Scopes = nil
	for _, x := range scopes {
		p.Scopes = append(p.Scopes, x.Name)
	}
}

// MarshalJSON writes the plan as {"steps": […]}. A step has the keys path, source, model, text, args, scopes,
// joined where it has no statement of its own and, when it was run, ran with statements, rows and seconds. The keys stay as they are; new ones may come.
func (p *Plan) MarshalJSON() ([]byte, error) {
	type ran struct {
		Statements int     `json:"statements"`
		Rows       int64   `json:"rows"`
		Seconds    float64 `json:"seconds"`
	}
	type step struct {
		Path   string   `json:"path"`
		Source string   `json:"source"`
		Model  string   `json:"model"`
		Text   string   `json:"text"`
		Args   int      `json:"args"`
		Scopes []string `json:"scopes"`
		Joined bool     `json:"joined,omitempty"`
		Ran    *ran     `json:"ran,omitempty"`
	}
	out := struct {
		Steps []step `json:"steps"`
	}{make([]step, len(p.Steps))}
	for i, s := range p.Steps {
		x := step{s.Path, s.Source, s.Model, s.Text, s.Args, s.Scopes, s.Joined, nil}
		if x.Scopes == nil {
			x.Scopes = []string{}
		}
		if s.Ran != nil {
			x.Ran = &ran{s.Ran.Statements, s.Ran.Rows, s.Ran.Duration.Seconds()}
		}
		out.Steps[i] = x
	}
	return json.Marshal(out)
}

// Plan is what a query would run: a statement for the root and one for each include.
type Plan struct {
	Steps []Step
}

// Step is one statement of a Plan.
type Step struct {
	Path   string   // the include path, "" for the root
	Source string   // the data source
	Model  string   // the model read
	Text   string   // SQL with placeholders, or the request
	Args   int      // arguments bound; their values are not shown
	Scopes []string // the hooks that added a predicate, in order
	Joined bool     // the statement of the rows that it belongs to loads it; Text and Args are empty
	Ran    *Ran     // what it cost; nil when it was only planned
}

// String prints the plan as a tree.
func (p *Plan) String() string {
	var b strings.Builder
	for _, s := range p.Steps {
		pad := ""
		if s.Path != "" {
			pad = strings.Repeat("  ", strings.Count(s.Path, ".")+1)
		}
		name := s.Model
		if s.Path != "" {
			name = s.Path + " → " + s.Model
		}
		fmt.Fprintf(&b, "%s%s (%s)", pad, name, s.Source)
		if len(s.Scopes) > 0 {
			fmt.Fprintf(&b, " scoped by %s", strings.Join(s.Scopes, ", "))
		}
		if s.Joined {
			b.WriteString(" joined\n")
			continue
		}
		if s.Ran != nil {
			fmt.Fprintf(&b, " ran %d, rows %d, took %s", s.Ran.Statements, s.Ran.Rows, s.Ran.Duration.Round(time.Microsecond))
		}
		fmt.Fprintf(&b, "\n%s  %s\n", pad, s.Text)
	}
	return b.String()
}
