package dialect

// jsonDecimal is the type that numbers of documents are compared as.
const jsonDecimal = "decimal(38, 18)"

// JSONParent takes the last element off a path: the first text leads to what holds it, in a document that is the one element of an
// array, so that the whole document is a part like any other. The second is that element behind the bracket of what may hold it, so
// that a key is never looked for in an array, nor a position in an object. Its point keeps spaces at the end of a key from being cut off.
func (SQLServer) JSONParent(path []any) (parent, last string) {
	whole := append([]any{0}, path...)
	parent, e := jsonPath(whole[:len(whole)-1]), whole[len(whole)-1]
	if key, ok := e.(string); ok {
		return parent, "{" + key + "."
	}
	step := jsonPath([]any{e}) // $[n]
	return parent, step[1:len(step)-1] + "."
}

// JSON asks OPENJSON for the type of the part, which JSON_VALUE does not tell. Numbers are exact to 20 digits before the point and 18 behind
// it; one that does not fit is an error.
func (d SQLServer) JSON(expr string, p JSONPart) (text string, paths int, ok bool) {
	const exact = jsonDecimal
	value := "N'x'"
	switch p {
	case JSONText:
		value = "CASE WHEN [orm_j].[type] = 1 THEN [orm_j].[value] COLLATE " + sqlServerBinary + " END"
	case JSONNumber:
		value = "CASE WHEN [orm_j].[type] <> 2 THEN NULL WHEN [orm_j].[value] LIKE N'%[eE]%' THEN CAST(CAST([orm_j].[value] AS float) AS " + exact +
			") ELSE CAST([orm_j].[value] AS " + exact + ") END"
	case JSONBool:
		value = "CASE WHEN [orm_j].[type] = 3 THEN CAST([orm_j].[value] AS bit) END"
	case JSONAny:
		value = "CASE WHEN [orm_j].[type] <> 0 THEN N'x' END"
	}
	return d.Scalar("(SELECT TOP (1) " + value + " FROM (SELECT JSON_QUERY(N'[' + " + expr + " + N']', " + Arg + ") AS [q]) AS [orm_d] CROSS APPLY OPENJSON([orm_d].[q]) AS [orm_j]" +
		" WHERE SUBSTRING([orm_d].[q], PATINDEX(N'%[[{]%', [orm_d].[q]), 1) COLLATE " + sqlServerBinary + " + [orm_j].[key] + N'.' = " + Arg + ")"), 1, true
}

// JSONEdit puts a mark in the place first and what is to stand there into the mark then: JSON_MODIFY writes documents as text, and numbers in
// its own way. The mark is the hash of the document, which the document cannot hold; where it was not put there the statement fails.
// JSON_MODIFY takes no element out of an array, so that one is written anew without it.
func (SQLServer) JSONEdit(expr string, e JSONEdit) (string, bool) {
	const (
		opens = "SUBSTRING([orm_d].[q], PATINDEX(N'%[[{]%', [orm_d].[q]), 1) COLLATE " + sqlServerBinary
		there = "EXISTS (SELECT 1 FROM OPENJSON([orm_d].[q]) AS [orm_j] WHERE " + opens + " + [orm_j].[key] + N'.' = [orm_d].[l])"
		rest  = "N'[' + ISNULL((SELECT STRING_AGG(CASE [orm_j].[type] WHEN 0 THEN N'null' WHEN 1 THEN N'\"' + STRING_ESCAPE([orm_j].[value], N'json') + N'\"'" +
			" ELSE [orm_j].[value] END, N',') WITHIN GROUP (ORDER BY CAST([orm_j].[key] AS int)) FROM OPENJSON([orm_d].[q]) AS [orm_j]" +
			" WHERE N'[' + [orm_j].[key] + N'.' <> [orm_d].[l]), N'') + N']'"
	)
	doc := "CAST(" + expr + " AS nvarchar(max))"
	put := func(into, path, value string) string {
		return "(SELECT CASE WHEN CHARINDEX([orm_r].[k], [orm_r].[r]) > 0 THEN STUFF([orm_r].[r], CHARINDEX([orm_r].[k], [orm_r].[r]), LEN([orm_r].[k]), " + value + ")" +
			" ELSE CAST(CAST(N'no place' + LEFT([orm_r].[k], 0) AS int) AS nvarchar(max)) END" +
			" FROM (SELECT JSON_MODIFY(" + into + ", " + path + ", [orm_d].[m]) COLLATE " + sqlServerBinary + " AS [r], N'\"' + [orm_d].[m] + N'\"' AS [k]) AS [orm_r])"
	}
	args := Arg + " AS [p], " + Arg + " AS [l], " + Arg + " AS [t]"
	var text string
	switch e {
	case JSONSetKey:
		args += ", " + Arg + " AS [v]"
		text = "CASE WHEN " + opens + " = N'{' THEN " + put(doc, "[orm_d].[t]", "[orm_d].[v]") + " ELSE " + doc + " END"
	case JSONSetElement:
		args += ", " + Arg + " AS [v]"
		text = "CASE WHEN " + there + " THEN " + put(doc, "[orm_d].[t]", "[orm_d].[v]") + " ELSE " + doc + " END"
	default:
		text = "CASE WHEN NOT " + there + " THEN " + doc + " WHEN LEFT([orm_d].[l], 1) = N'{' THEN JSON_MODIFY(" + doc + ", [orm_d].[t], NULL)" +
			" ELSE (SELECT SUBSTRING([orm_w].[w], 2, LEN([orm_w].[w]) - 2) FROM (SELECT " + put("N'[' + "+doc+" + N']'", "[orm_d].[p]", rest) + " AS [w]) AS [orm_w]) END"
	}
	return "(SELECT " + text + " FROM (SELECT [orm_c].*, JSON_QUERY(N'[' + " + doc + " + N']', [orm_c].[p]) AS [q], CAST(CAST(CAST(HASHBYTES('SHA2_256', " + doc + ") AS binary(16)) AS uniqueidentifier) AS nvarchar(36)) AS [m]" +
		" FROM (SELECT " + args + ") AS [orm_c]) AS [orm_d])", true
}

// Array compares elements as values of their type. NULL stays unknown: a comparison has it, which EXISTS has not.
func (d SQLServer) Array(expr string, t Type, test ArrayTest) (string, bool) {
	if t.Elem == nil {
		return "", false
	}
	typ, collate := d.listType(*t.Elem)
	with := ") WITH ([v] " + typ + " '$') AS "
	same := "[orm_e].[v] = [orm_w].[v]" + collate
	text := "EXISTS (SELECT 1 FROM OPENJSON(" + Arg + with + "[orm_w] WHERE EXISTS (SELECT 1 FROM OPENJSON(" + expr + with + "[orm_e] WHERE " + same + "))"
	if test == ArrayAll {
		text = "NOT EXISTS (SELECT 1 FROM OPENJSON(" + Arg + with + "[orm_w] WHERE NOT EXISTS (SELECT 1 FROM OPENJSON(" + expr + with + "[orm_e] WHERE " + same + "))"
	}
	return "CASE WHEN " + expr + " IS NULL THEN NULL WHEN " + text + " THEN 1 ELSE 0 END = 1", true
}

// ArrayAppend joins the texts of the two lists: JSON_MODIFY appends one element, and writes numbers in its own way. What is no list is
// cast to a number, which fails.
func (SQLServer) ArrayAppend(expr string, _ Type) (string, bool) {
	kept := "LEFT(" + expr + ", LEN(" + expr + " + N'.') - 1 - CHARINDEX(N']', REVERSE(" + expr + ")))"
	first := "SUBSTRING(" + expr + ", PATINDEX(N'%[^ ' + NCHAR(9) + NCHAR(10) + NCHAR(13) + N']%', " + expr + "), 1)"
	return "CASE WHEN ISJSON(" + expr + ") = 0 OR " + first + " <> N'[' THEN CAST(CAST(N'no list' + LEFT(" + expr + ", 0) AS int) AS nvarchar(max)) WHEN EXISTS (SELECT 1 FROM OPENJSON(" + expr + ")) THEN " +
		kept + " + N',' ELSE N'[' END + STUFF(" + Arg + ", 1, 1, N'')", true
}
