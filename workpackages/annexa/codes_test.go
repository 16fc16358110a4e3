package annexa

import "testing"

// TestSpellingsOfCaseSystems: how sure the reading of a value is, and which
// code it is.
func TestSpellingsOfCaseSystems(t *testing.T) {
	for _, c := range []struct {
		set, cell string
		want      verdict
		code      string // "" for none
		how       step
	}{
		{"ethnicity", "Black Caribbean", codeSure, "BCRB", byWords},
		{"ethnicity", "black african", codeSure, "BAFR", byWords},
		{"ethnicity", "White and Black Caribbean", codeSure, "MWBC", byWords},
		{"ethnicity", "Gypsy or Roma", codeSure, "WROM", byWords},
		{"ethnicity", "Not yet obtained", codeSure, "NOBT", byWords},
		{"contact_referral_source", "School", codeSure, "2A", byWords},
		{"category_of_abuse", "Emotional", codeSure, "EMO", byWords},
		{"category_of_abuse", "SEXUAL", codeSure, "SAB", byWords},
		{"category_of_abuse", "Physical", codeSure, "PHY", byWords},
		{"category_of_abuse", "Multiple", codeSure, "MUL", byWords},
		{"case_status", "CIN Plan", codeSure, "c", byWords},
		{"case_status", "CP Plan", codeSure, "b", byWords},
		{"case_status", "CPP", codeSure, "b", byWords},
		{"case_status", "LAC", codeSure, "a", byWords},
		{"case_status", "CLA", codeSure, "a", byWords},
		{"case_status", "Child in Need", codeUnsure, "c", byGuess}, // one being assessed is in need too

		// Words and then the code in brackets.
		{"ethnicity", "White British (WBRI)", codeSure, "WBRI", byCode},
		{"ethnicity", "White - British [WBRI]", codeSure, "WBRI", byCode},
		{"ethnicity", "white british (wbri)", codeSure, "WBRI", byCode},
		{"ethnicity", "a) White British (WBRI)", codeSure, "WBRI", byCode},
		{"ethnicity", "Kurdish (OOTH)", codeSure, "OOTH", byCode}, // nobody's words
		{"ethnicity", "White Cornish (WCOR)", codeUnsure, "WBRI", byGuess},
		{"ethnicity", "Not known (UNKNOWN)", codeGap, "UNKNOWN", noMatch},
		{"placement_type", "Foster placement (U1)", codeSure, "U1", byCode}, // a grouping, and its own code
		{"primary_need", "Abuse or neglect (N1)", codeSure, "N1", byCode},
		{"contact_referral_source", "Police (6)", codeSure, "6", byCode},
		{"gender", "Female (b)", codeSure, "b", byCode},
		{"la_of_placement", "Cardiff (WAL)", codeSure, "WAL", byCode},
		{"ethnicity", "White Irish (WBRI)", codeUnsure, "", byGuess},
		{"ethnicity", "b) White British (WBRI)", codeUnsure, "", byGuess},
		{"ethnicity", "Mixed (BOTH)", codeUnsure, "", byGuess}, // BOTH is in another group
		{"ethnicity", "Two heritages (both)", codeUnknown, "", noMatch},
		{"accommodation", "Own flat (U)", codeUnknown, "", noMatch},
		{"in_touch", "MOTHER ANSWERED (NO)", codeUnknown, "", noMatch},
		{"category_of_need_cla", "Something (N9)", codeUnknown, "", noMatch},
		{"gender_adopter", "Neither (c)", codeUnknown, "", noMatch}, // letters that sources dispute

		// A number of somebody's own and then words, where no code has a figure.
		{"ethnicity", "A1 White British", codeSure, "WBRI", byWords},
		{"ethnicity", "12 Chinese", codeSure, "CHNE", byWords},
		{"placement_type", "K9 Children's Homes", codeUnknown, "", noMatch},
		{"contact_referral_source", "1 Police", codeUnknown, "", noMatch},
		{"category_of_need_cla", "N9: Abuse or neglect", codeUnsure, "N1", byGuess},
		{"category_of_need_cla", "N9 Abuse or neglect", codeUnknown, "", noMatch},

		{"gender_adopter", "c", codeDisputed, "", byGuess},
		{"gender", "1", codeUnknown, "", noMatch},
		{"gender", "2", codeUnknown, "", noMatch},
		{"yes_no", "1", codeUnknown, "", noMatch},
		{"yes_no", "TRUE", codeUnknown, "", noMatch},
		{"legal_status", "Section 20", codeUnknown, "", noMatch},
		{"ethnicity", "White - Gypsy or Irish Traveller", codeUnknown, "", noMatch},
		{"ethnicity", "Arab", codeUnknown, "", noMatch},
		{"contact_referral_source", "The school", codeUnknown, "", noMatch},
	} {
		s := load().codes[c.set]
		v, i, how := s.match(c.cell)
		code := ""
		if i >= 0 {
			code = s.values[i].Code
		}
		if v != c.want || code != c.code || how != c.how {
			t.Errorf("%s, %q: verdict %d, code %q, step %d; want %d, %q, %d", c.set, c.cell, v, code, how, c.want, c.code, c.how)
		}
	}
}

// TestEverySpellingOfTheFactsMeansItsOwnValue: words added for one value may not
// take away what another means.
func TestEverySpellingOfTheFactsMeansItsOwnValue(t *testing.T) {
	for id, s := range load().codes {
		for i, v := range s.values {
			for _, text := range append([]string{v.Value}, v.Words...) {
				if verdict, at, _ := s.match(text); at >= 0 && !s.same(at, i) || verdict != codeSure && verdict != codeGap {
					t.Errorf("%s: %q of %s is %d, verdict %d", id, text, v.Code, at, verdict)
				}
			}
			for _, text := range v.Guessed {
				if verdict, at, _ := s.match(text); verdict != codeUnsure || at != i {
					t.Errorf("%s: %q of %s is %d, verdict %d", id, text, v.Code, at, verdict)
				}
			}
		}
	}
}
