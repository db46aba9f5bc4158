package conformance

import (
	"math"

	"github.com/multi-orm/orm"
)

var rangeCases = []testCase{
	{"range/all widths", "Inc, Mul and SQL text that leave the range of the field write nothing, by every verb", rangeWidths},
}

// Gauge has a number of every width.
type Gauge struct {
	ID  int64   `orm:"id"`
	I8  int8    `orm:"i8"`
	I16 int16   `orm:"i16"`
	I32 int32   `orm:"i32"`
	I64 int64   `orm:"i64"`
	U8  uint8   `orm:"u8"`
	U16 uint16  `orm:"u16"`
	U32 uint32  `orm:"u32"`
	F32 float32 `orm:"f32"`
	F64 float64 `orm:"f64"`
	P8  *int8   `orm:"p8"`
	Sum int64   `orm:"sum"`
}

var gauges = orm.Bind[Gauge, struct {
	ID  orm.Col[Gauge, int64]
	I8  orm.Col[Gauge, int8]
	I16 orm.Col[Gauge, int16]
	I32 orm.Col[Gauge, int32]
	I64 orm.Col[Gauge, int64]
	U8  orm.Col[Gauge, uint8]
	U16 orm.Col[Gauge, uint16]
	U32 orm.Col[Gauge, uint32]
	F32 orm.Col[Gauge, float32]
	F64 orm.Col[Gauge, float64]
	P8  orm.Col[Gauge, int8]
	Sum orm.Col[Gauge, int64]
}]()

func rangeWidths(e *env) {
	r := orm.Repo[Gauge](e.open(Gauge{}))
	top := Gauge{1, math.MaxInt8, math.MaxInt16, math.MaxInt32, math.MaxInt64, math.MaxUint8, math.MaxUint16, math.MaxUint32, math.MaxFloat32, math.MaxFloat64, ptr(int8(127)), 0}
	low := Gauge{2, math.MinInt8, math.MinInt16, math.MinInt32, math.MinInt64, 0, 0, 0, -math.MaxFloat32, -math.MaxFloat64, nil, 0}
	must(r.CreateMany(e.ctx, []Gauge{top, low}))
	bad := map[string]struct {
		id  int64
		set orm.Assign[Gauge]
	}{
		"int8 + 100": {1, gauges.I8.Inc(100)}, "int16 + 1": {1, gauges.I16.Inc(1)}, "int32 + 1": {1, gauges.I32.Inc(1)}, "int64 + 1": {1, gauges.I64.Inc(1)},
		"uint8 + 1": {1, gauges.U8.Inc(1)}, "uint16 + 1": {1, gauges.U16.Inc(1)}, "uint32 + 1": {1, gauges.U32.Inc(1)}, "*int8 + 1": {1, gauges.P8.Inc(1)},
		"float32 * 2": {1, gauges.F32.Mul(2)}, "float64 * 2": {1, gauges.F64.Mul(2)}, "float64 + max": {1, gauges.F64.Inc(math.MaxFloat64)},
		"int8 - 1": {2, gauges.I8.Inc(-1)}, "int16 - 1": {2, gauges.I16.Inc(-1)}, "int32 - 1": {2, gauges.I32.Inc(-1)}, "int64 - 1": {2, gauges.I64.Inc(-1)},
		"int8 * 2": {1, gauges.I8.Mul(2)}, "int16 * 2": {1, gauges.I16.Mul(2)}, "int32 * 2": {1, gauges.I32.Mul(2)}, "int64 * 2": {1, gauges.I64.Mul(2)}, "int64 * -1": {2, gauges.I64.Mul(-1)},
		"uint8 * 2": {1, gauges.U8.Mul(2)}, "uint16 * 2": {1, gauges.U16.Mul(2)}, "uint32 * 2": {1, gauges.U32.Mul(2)},
		"text into int8": {1, orm.SetSQL(gauges.I8, "i16 - ?", 1)}, "text into uint8": {2, orm.SetSQL(gauges.U8, "u8 - 1")}, "text into int16": {1, orm.SetSQL(gauges.I16, "i32")}, "text into int32": {1, orm.SetSQL(gauges.I32, "i64")},
		"text into uint16": {2, orm.SetSQL(gauges.U16, "-1")}, "text into uint32": {1, orm.SetSQL(gauges.U32, "i64")}, "text into *int8": {2, orm.SetSQL(gauges.P8, "i16")},
	}
	for name, b := range bad {
		e.fails(second(r.ByID(b.id).Update(e.ctx, gauges.Sum.Set(9), b.set)), orm.ErrInvalid, "Gauge", "")
		e.fails(second(r.EveryRow().UpdateMany(e.ctx, gauges.Sum.Set(9), b.set)), orm.ErrInvalid, "Gauge", "")
		e.fails(second(r.Where(gauges.ID.Eq(b.id)).UpdateReturning(e.ctx, gauges.Sum.Set(9), b.set)), orm.ErrInvalid, "Gauge", "")
		row := Gauge{ID: b.id}
		e.fails(r.Upsert(e.ctx, orm.On(gauges.ID), &row, gauges.Sum.Set(9), b.set), orm.ErrInvalid, "Gauge", "")
		e.equal(must(r.OrderBy(gauges.ID.Asc()).All(e.ctx)), []Gauge{top, low}, name)
	}
	up := must(r.ByID(2).Update(e.ctx, gauges.I8.Inc(127), gauges.I16.Inc(1), gauges.I32.Mul(1), gauges.I64.Inc(math.MaxInt64), gauges.U8.Inc(255), gauges.U16.Inc(65535), gauges.U32.Inc(math.MaxUint32),
		gauges.F32.Mul(-1), gauges.F64.Mul(-0.5), gauges.P8.Inc(1)))
	e.equal(up, Gauge{2, -1, math.MinInt16 + 1, math.MinInt32, -1, 255, 65535, math.MaxUint32, math.MaxFloat32, math.MaxFloat64 / 2, nil, 0}, "up to the end")
	e.equal(must(r.ByID(2).Update(e.ctx, gauges.U8.Mul(1), gauges.I8.Mul(-127), orm.SetSQL(gauges.I64, "i32 + ?", 1))).I64, int64(math.MinInt32+1), "within")
}
