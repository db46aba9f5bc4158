package sqlserver

import (
	"strconv"

	"github.com/multi-orm/orm/source/catalogue"
)

// detailsQuery asks for what is bound to single columns, and for the settings of indexes that are not the usual ones.
const detailsQuery = `SELECT CAST(N'{"Holders":' AS nvarchar(max)) + ISNULL((SELECT * FROM (
	SELECT DISTINCT d.referenced_id AS [Table], COL_NAME(d.referenced_id, d.referenced_minor_id) AS [Column], RTRIM(o.type) AS [Kind], OBJECT_SCHEMA_NAME(o.object_id) AS [Schema], o.name AS [Name]
	FROM sys.sql_expression_dependencies d JOIN sys.objects o ON o.object_id = d.referencing_id
	WHERE d.referencing_class = 1 AND d.referenced_class = 1 AND d.referenced_minor_id > 0 AND d.is_schema_bound_reference = 1 AND o.type IN ('V', 'FN', 'IF', 'TF', 'P', 'SP')
	UNION SELECT s.object_id, COL_NAME(c.object_id, c.column_id), N'STATS', N'', s.name FROM sys.stats s JOIN sys.stats_columns c ON c.object_id = s.object_id AND c.stats_id = s.stats_id
	JOIN sys.tables t ON t.object_id = s.object_id WHERE s.user_created = 1) AS h ORDER BY [Table], [Column], [Kind], [Schema], [Name] FOR JSON PATH), N'[]')
+ N',"Settings":' + ISNULL((SELECT x.object_id AS [Table], x.name AS [Index], CASE WHEN s.is_default = 0 THEN s.name END AS [Space],
	(SELECT MAX(p.data_compression_desc) FROM sys.partitions p WHERE p.object_id = x.object_id AND p.index_id = x.index_id AND p.data_compression IN (1, 2)) AS [Compression],
	x.ignore_dup_key AS [Ignoring], x.is_padded AS [Padded], x.allow_row_locks AS [RowsLocked], x.allow_page_locks AS [PageLocked], x.fill_factor AS [Filled]
	FROM sys.indexes x JOIN sys.tables t ON t.object_id = x.object_id JOIN sys.data_spaces s ON s.data_space_id = x.data_space_id WHERE x.type > 0 AND x.is_hypothetical = 0 FOR JSON PATH), N'[]')
+ N'}'`

func (r *catalogueReader) details(d *foundDetails) {
	kinds := map[string]string{"V": "view", "FN": "function", "IF": "function", "TF": "function", "P": "procedure", "SP": "policy", "STATS": "statistics"} // by the letters of the system
	for i := range d.Holders {
		h := &d.Holders[i]
		out := catalogue.Holder{Column: h.Column, Kind: kinds[h.Kind], Name: h.Name}
		if h.Schema != "" {
			out.Name = catalogue.FullName(r.in(h.Schema), h.Name)
		}
		if t := r.table(h.Table); t != nil {
			t.Holders = append(t.Holders, out)
		}
	}
	for i := range d.Settings {
		s := &d.Settings[i]
		t := r.table(s.Table)
		if t == nil {
			continue
		}
		for _, list := range [][]catalogue.Index{t.Uniques, t.Indexes} {
			for j := range list {
				if list[j].Name == s.Index {
					list[j].Settings, list[j].Space = s.words(), s.Space
				}
			}
		}
	}
}

// words are the settings that are not the usual ones, as CREATE INDEX has them.
func (s *foundSetting) words() (out []string) {
	say := func(yes bool, text string) {
		if yes {
			out = append(out, text)
		}
	}
	say(s.Padded, "PAD_INDEX = ON")
	say(s.Filled > 0 && s.Filled < 100, "FILLFACTOR = "+strconv.Itoa(s.Filled))
	say(s.Ignoring, "IGNORE_DUP_KEY = ON")
	say(!s.RowsLocked, "ALLOW_ROW_LOCKS = OFF")
	say(!s.PageLocked, "ALLOW_PAGE_LOCKS = OFF")
	say(s.Compression != "", "DATA_COMPRESSION = "+s.Compression)
	return out
}
