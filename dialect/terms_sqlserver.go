package dialect

import "strconv"

// DatePart reads a part: weekdays are counted from the server's own first day, which is taken out again.
func (SQLServer) DatePart(expr string, _ Type, p DatePart) string {
	switch p {
	case YearMonth:
		return "(CONVERT(nvarchar(7), " + expr + ", 23) COLLATE " + sqlServerBinary + ")"
	case Date:
		return "(CONVERT(nvarchar(10), " + expr + ", 23) COLLATE " + sqlServerBinary + ")"
	case Weekday:
		return "CAST((DATEPART(weekday, " + expr + ") + @@DATEFIRST - 1) % 7 AS int)"
	}
	word := [...]string{Year: "year", Month: "month", Day: "day", Hour: "hour", Minute: "minute"}[p]
	return "DATEPART(" + word + ", " + expr + ")"
}

// Zone is an offset. Zones of the IANA database are not to be had: the server knows those of Windows, whose past is another.
func (SQLServer) Zone(z Zone) (string, bool) { return strconv.Itoa(z.Seconds), z.Name == "" }

// ZonePart moves the clock.
func (d SQLServer) ZonePart(expr string, t Type, p DatePart) string {
	return d.DatePart("DATEADD(second, CAST("+Arg+" AS int), CAST("+expr+" AS datetime2(6)))", t, p)
}

// Parameter casts; text is compared byte by byte.
func (SQLServer) Parameter(t Type) string {
	switch t.Kind {
	case String:
		return "(CAST(" + Arg + " AS nvarchar(max)) COLLATE " + sqlServerBinary + ")"
	case Bool:
		return "CAST(" + Arg + " AS bit)"
	case Float:
		return "CAST(" + Arg + " AS float)"
	}
	return "CAST(" + Arg + " AS bigint)"
}

// Real casts.
func (SQLServer) Real(expr string) string { return "CAST(" + expr + " AS float)" }

// TextLength counts characters as they are read, and those at the end too, which LEN leaves out where they are spaces.
func (SQLServer) TextLength(expr string) string {
	return "(LEN((CAST(" + expr + " AS nvarchar(max)) + N'x') COLLATE Latin1_General_100_CI_AS_SC) - 1)"
}

// ArrayLength counts the elements of the JSON that arrays are kept as; NULL stays NULL.
func (SQLServer) ArrayLength(expr string) string {
	return "CASE WHEN " + expr + " IS NOT NULL THEN (SELECT COUNT(*) FROM OPENJSON(" + expr + ")) END"
}

// JSONPath quotes every key.
func (SQLServer) JSONPath(path []any) string { return jsonPath(path) }

// JSONContains is written part by part.
func (SQLServer) JSONContains(string) (string, bool) { return "", false }

// JSONTarget is a path.
func (SQLServer) JSONTarget(path []any) (text string, list []string, isList bool) {
	return jsonPath(path), nil, false
}

// Scalar is a call, which may stand in front of IS NULL, IN and BETWEEN whatever reads the text.
func (SQLServer) Scalar(sub string) string { return "ISNULL(" + sub + ", NULL)" }
