package annexa
import ("testing";"os";"context";"time";"fmt")
func TestZZ(t *testing.T){
 if err:=Validate(Rules()); err!=nil { t.Fatal(err) }
 fmt.Println(len(Rules()))
 for _,f:=range []string{"/work/shared/annexe-a/samples/regional-sample.xlsx","/work/shared/annexe-a/samples/official-layout.xlsx"} {
 b,_:=os.ReadFile(f)
 r,err:=Check(context.Background(),[]Source{{Name:f,Data:b}},Options{AsOf:time.Date(2026,11,24,0,0,0,0,time.UTC)})
 if err!=nil {t.Fatal(err)}
 r.WriteText(os.Stdout,TextOptions{})
 }
}
