package schemafit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
)

type Firm struct {
	ID int64 `orm:"id"`

	Jobs []Job `orm:"relation=id:firm_id"`
}

type Job struct {
	ID      int64      `orm:"id"`
	FirmID  int64      `orm:"firm_id,tenant"`
	Title   string     `orm:"title,unique,index=by_title"`
	Buyer   int64      `orm:"buyer_id"`
	Deleted *time.Time `orm:"deleted_at,softdelete"`

	Steps   []Step   `orm:"relation=id:job_id"`
	Invoice *Invoice `orm:"relation=buyer_id:buyer_id"`
}

type Step struct {
	ID    int64 `orm:"id"`
	JobID int64 `orm:"job_id"`
	Firm  int64 `orm:"firm_id,tenant"`
}

type Invoice struct {
	Buyer int64 `orm:"buyer_id,id"`
}

const jobs = `CREATE TABLE firms (id bigint NOT NULL PRIMARY KEY);
CREATE TABLE invoices (buyer_id bigint NOT NULL PRIMARY KEY REFERENCES firms (id));
CREATE TABLE jobs (id bigint NOT NULL PRIMARY KEY, firm_id bigint NOT NULL REFERENCES firms (id), title text NOT NULL, buyer_id bigint NOT NULL REFERENCES firms (id), deleted_at {time});
CREATE UNIQUE INDEX living ON jobs (title) WHERE deleted_at IS NULL;
CREATE INDEX jobs_firm ON jobs (firm_id);
CREATE TABLE steps (id bigint NOT NULL PRIMARY KEY, job_id bigint NOT NULL REFERENCES jobs (id), firm_id bigint NOT NULL);
CREATE INDEX steps_firm ON steps (firm_id, job_id)`

// Advice is of indexes and of what foreign keys do. A unique index of the rows that are not deleted is what unique means, an index
// may begin with the tenant, and two tables that refer to the same third are related.
func TestAdvice(t *testing.T) {
	for _, e := range engines() {
		script := strings.ReplaceAll(jobs, "{time}", map[string]string{"sqlite": "DATETIME", "postgres": "timestamptz"}[e.name])
		for _, c := range []struct{ change, want string }{
			{"", ""},
			{"DROP INDEX jobs_firm", `Firm.Jobs: no index of the table jobs begins with firm_id, which the relation goes by: each load reads the whole table
Job.FirmID: no index of the table jobs begins with firm_id, which every statement goes by: each reads the whole table`},
			{"DROP INDEX living", `!Job.Title: the tag says unique and the table jobs has no unique constraint or index on (title): two rows may share it, and an upsert that goes by it fails
Job.Title: the tag says index and the table jobs has none that begins with (title)`},
			{"DROP INDEX steps_firm", `Job.Steps: no index of the table steps begins with job_id, which the relation goes by: each load reads the whole table
Step.Firm: no index of the table steps begins with firm_id, which every statement goes by: each reads the whole table`},
			{"DROP INDEX steps_firm; CREATE INDEX steps_job ON steps (job_id)", `Step.Firm: no index of the table steps begins with firm_id, which every statement goes by: each reads the whole table`},
			{"DROP TABLE invoices; CREATE VIEW invoices AS SELECT 1 AS buyer_id", ""},
			{"DROP TABLE steps; DROP TABLE jobs; CREATE TABLE jobs (id bigint NOT NULL PRIMARY KEY, firm_id bigint NOT NULL, title text NOT NULL UNIQUE, buyer_id bigint NOT NULL, deleted_at " +
				map[string]string{"sqlite": "DATETIME", "postgres": "timestamptz"}[e.name] + ", FOREIGN KEY (firm_id) REFERENCES firms (id) ON DELETE CASCADE); CREATE INDEX jobs_firm ON jobs (firm_id)",
				`Firm.Jobs: the foreign key of jobs(firm_id) deletes rows of Job, which keeps deleted ones, together with the row that they refer to
Job.Invoice: no foreign key leads from jobs(buyer_id) to invoices(buyer_id): rows may refer to what is not there
!Step: the table steps does not exist`},
			{"DROP TABLE invoices; CREATE TABLE invoices (buyer_id bigint NOT NULL PRIMARY KEY, job_id bigint NOT NULL UNIQUE REFERENCES jobs (id))",
				`!Job.Invoice: the relation leads from jobs(buyer_id) to invoices(buyer_id) and the foreign key of those columns to firms(id); foreign keys between the two would be relation=id:job_id
!Invoice: the column invoices.job_id (bigint) is NOT NULL without a default and the model has no field for it: rows cannot be created`},
		} {
			t.Run(e.name+"/"+c.change, func(t *testing.T) {
				db := open(t, e.source(e.make(t)), Firm{}, Job{}, Step{}, Invoice{})
				exec(t, db, strings.Split(script, ";\n")...)
				if c.change != "" {
					exec(t, db, strings.Split(c.change, "; ")...)
				}
				got := strings.ReplaceAll(told(t, db), ", or the role cannot see it", "")
				got, _, _ = strings.Cut(got, " (did you mean")
				if got != c.want {
					t.Errorf("found\n%s\nwant\n%s", got, c.want)
				}
			})
		}
	}
}

// An option of Check must be one.
func TestCheckOptions(t *testing.T) {
	db := open(t, engines()[0].source(engines()[0].make(t)))
	if _, err := db.Check(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "an option of Check is nil") {
		t.Error(err)
	}
	var _ orm.CheckOption = orm.WithAdvice()
}
