/**
 * Unicode as the reference tokenizer knows it (tokenizers 0.23.3), written by fixtures/unicode_tables.py. Do not edit.
 *
 * Numbers as in numbers.ts. The code points from 0 on are cut into runs of one kind. What belongs to a run is spread over several
 * tables, because the same numbers side by side zip better.
 */

/** The properties of each kind, as bits of unicode.ts, the most frequent kind first. */
export const KINDS: string =
  "tvivsz3evIrz|e,I3nv3evev3rI*e2ev3nI|ez*exdI3eI*nIizRevvev*rv-rvznvdbevzeexInr2ivInv3)2svvnbd_dv*nIRe2-rvPr2IrvzrvP" +
  "(v*)vP)x3,xz,vz(vz)v*e23ez3nvv(xve";

/** The kind of each run. */
export const RUN_KINDS: string =
  "dxe1_e1d1)e.,)>),)d_ed0)t)sr,)tdrs,)s,)s),t,t,tes,tetet(=(=(n(,tet,.ets,.,t,t,t,t,t(f,tete),)t()()()()(t,t,)tyt)t)" +
  "t()dt),(e)e(,),(yt(e(t(ete)tye(e(tenete(et)etite(e(e(e(t)te(t)tetetetvetieicve(noe:no(eono}oe(n:en)e)eaenotetete:t" +
  ":tatat(e=onthth}et=t:t:enteatetitnotetet,t,t,t,t,t(tontntn(tnt,t,tenentnoteteteatatatat(eontnoto}tetente)taitnotet" +
  "ete:tatatat(e=nonthth}tiu=t:taentetatnetetet,tetetetetetet=onothth(tet=tetnoieteteatatienotu=tn}t(tatetentetenotet" +
  "etetetet(eou=o=otu=t=n(t=tetenteteltinoeteteaie=onthth}mte=tentetetiotetetetetet(t=ontnth=teto)tene?en(ten(n)e)tet" +
  "etetetetene?en(inetetet(nitet,tet.t)t(tet(t(t()o,t,t(=(=u=u(no(=()(eu=ntu=u=u=u=u=nt(t)t)t:{uon({}(onae)aonana{a{a" +
  "nan{on{(a{e{ntetetete),ke4eNeetetetetetetetetetetetetetetetet()tetetet)e)e1e)te)eten(iten()tentetetntanononon}n)e)" +
  "te(tet)ndietetefe(etetetnonotono(t)etetetetete(ont)aonont}{n{non(t(etet)e)t(fi;t;tno,:,a(=u=u=hu=Aeate)t(tnoaononc" +
  "}naeae(onononct)eonon(t)ete)etete)t()(o(e(e{(el(et,(ic(,t,t,t,t,t,t,t,t,t,t,s,s,t,s,t,ts,st,t,st0dSeIed.xed0.3e.>)" +
  "t.3e)t)>.0dgds,ts.,s.t,tst(f(f(ts,s,s,t,s,spt,t,t,t,t,*es,s,tes,stspsrs)trtr.trtrtrts,*e,srtrtrtrtrtrtrtrtrtrtrtrt" +
  "rtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrt)trtrtrtrt)t)trt)t" +
  ")t)srtrtrtrt,te(et)t)etetetet,)t(etetetetetetetetet()e)tstst0)te)t)te(c6ees,6et,t(s,),),tet,tsetestspspstsetete)e)" +
  "ete(f)(),(e()tet,tetetetete,ne(eneonotite)toeo(ft)et(e)e)eien()enoct)-etnoeaea(ononfoAe)tet)aneaeatenonontenenotet" +
  ")aeaeta{n{ae(e(e(e(e(ete)aono)eo}tetetetetetet,eteaeonono)o(tet,tbetOet+,t,t,t,t,(,s,t,t,t,t,t,t,)t,t,t,sn.t(.2e.2" +
  "e.t.s.st.s.t,t,tdt.s.s.,.s.,.s2es,.s.s.,8e,t,t,t,t,tststgdt+tetetetetetetet)tet(tetet(tetete(tet)ete)etetetetetete" +
  "t)etetetetetetetetetetetetetetetetetetetetet)tetetetetet)et)tetetantntn(n(atatat(t}t)tet)etete(t)tet)etetet)tetete" +
  "teitetetitetetitetet;ieteteiteitetetonoen()teieiet(noe,e,e,eono()y)itvetetet(aunon=nu}(te)alate()etnoeonoceme)Te(n" +
  ")lie)e)teteononc(n)feitetetetete)tenon(tetnoteteteteteteti(e=onothothctet=teot(t(tatatatateilitititiltliwmietiteof" +
  "ocfocetetiete=onhuh=hno(e)etete=onthno()enteonono(n)etetenononc(etetetetnEen{non(tet)teteliliteteatatatatailtltiwm" +
  "lmlitetetelitilieteltaiaileitwtailiamiliwtetet;&e;&e;&eteteteteoftfocetetetftofofofteteteitititimiteteteteltitlili" +
  "eteteiltimlatalitliwteitetetet)tetetegieiteteteilietetetet)etetet()te()te)tetetetebeebeetetetetieoltneteteititetet" +
  "etetetetetetetetetetetetetetn()dtetititstsc(tcd(t(t(tst(t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,s,s,s,s,s,s,s,s,s," +
  "s,t,tntntntnt)tntntetetctctctctctetitetieteteteiteieteieteiet;t;t;t;tetetetetet(tecetet,t,t,t,t,t,t,t,t,t,t,t,t,t," +
  "t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,t,trtrtrtrtrtrtrstst,sest|ee|eetrtsrtrMesprspspspsrsrprtrtrtrtrtrtrtr;rtrtrtrt" +
  "rtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtrtetrtetetetetetet,tetetgdgFegngt+t+t";

/** How many code points are in each run. */
export const RUN_LENGTHS: string =
  "see,eheuao0ree0r)e0ee(eeeeeeee)e,,eenepe>e6cr.c(oeeefv,,e,aeve(e,,reer,eeneee}e8,e|re(,?(e?e,e)*e,)4eeee,e,eeiwrr," +
  "=)n,e,,=eee,|e;ar,e&neeoee),,eru,eceeee+w,P,=ec|es,ene,e,:resene(,uegn,ee=(me)e,(s6eaceynef_eeeeenire,erni,,,aeoie" +
  "e,ei,,,,}eoeenr,eee,r,,,,eeier,ee,,,a,aeee,,ee)r,,:eoe,e,e,,een,r,,,eneoreeoa,ne=,eesene,}eoe,e(,een(e,ee,e,eu,,,a" +
  "eie)ee,ei,,,,}eoe,e(,eeeeer,,,,eoeeer,ee,,,aeedeee)nnern,eee,n,nnn.reee,nnene,e)ecadeneienen}ed,eenre,eeneo,en,e,," +
  ",,adee,eienepeae(,eeeeeee,ee,e,eeo,),e,,,ae,e.ee,senen?e,ee,renenee(neon,,aa)ee,ehnmesee,onere,neeeoe)a,,e.Ieeeern" +
  "(oernea,_e,eee(emeeeaeeer,e,e,(eeer,eea,rveenueen,)a=eeeeer,iexer,ee,eeereeeene,()ererererere.enses(r,_e|e,re(eeee" +
  ",,ea)),,rnen,onrleee,)eeeane,?eee(e,|eervn3,z,*,er,oeeer,*eer,beer,oeeer,uePeer,&,,nspddM,,),ek{,fe0,n|,n=oh,ees{," +
  "e,sh,.lene,.Te,eoie,seeneneee,a:=neea)P,o(,2eee(?,a>enr,nr,e)ni,3e,(=ker0)a?ep,,e,,Eeeeeoeeee,i),i,ea)a)oe),cedu,." +
  "}re),)beee(eeereeeinaoas.,e+er,,ee,,=n3eee,neen,irxeii,een(an-e,=(|e,niineleorer,e,e,e(v)Me(erMi,),?e,),ieeeeeee>," +
  "Eeeoeenneonr,)enln,neo,e=eee,m,(e.e,,nereieeeae(eaee,s,el,el=gulren.u,ere,aeen(reeeeeeeereae,r((ref*enrr)u,Carc,.e" +
  ",x(eg=rn_nM,.eAev),aese5ere(se,e,,,ere,ee,,enen,in(eee(.=,,ee,eehe,,h)eee,n,(e,,r,=,(,,e(,eee,},()er,ere,e,)ee,eee" +
  "ee)ene)ea,ue,ereeernee=,nc>nsecece(,>axa,4,:9erve,Ain{,8eere6(_o)rn,(re,?eee(e,zeoeecepsoeoeoeoeoeoeoeoeveSee{U,E," +
  ".M)6eenena,.esr,e(,(enM,,,,ne5,er(|eeL,ncveIed>eFneee_nevivN)v,4T;&,Ne,4in1}Seeneae>,I,,)>s,An,&,,,eeei;)aenerep,," +
  "ere{Teri,Oedeei,a)h)nee,e?e(n,p=ee=eynne(nnxee,r,ee,ele=r,(eesa(e*e),,,,sneiee,a,rdennneeee,Ieeen,,(,eeemn,=e,,,ne" +
  "ea),),)soeoe|eele)I,wi,e,e,eee,a)xCa.pr-exv,v3)N=,6n?eo.((eeaele(eee,e,eknbe|=,dv,,Me3e.rda)dn,mnneceeneee,r(eAr,e" +
  "ene)era,n,0neee0eeeeoze,>n),),),nnoeoesnee,.e0e{e,eu,c2eRn(nCeEe3re2ryn-eue>vel+(?e((+eexerie(6eLr,a)xerxer3eiTe=e" +
  "=eueoe,e=eueoe,nTe.Fss:aim)e6ees_,),eekee,ne,peeips>b,{e,a:se0(ev,ze),v,ene,(eeeereney,nredsoy,ey&eie1,sosMeno:a{l" +
  "hor&n*,Fe8el8elxeria)?en(ep5o6ee,n,dnEe,ryaei:=>hr6e;wpseeeEeceomae,,ese,e:rie(ernr,,,ereae,goa)nxeeree,e,eeeare,e" +
  "i&ee,es,eIenseee,eree,eee=eenvehegnn,eeee)e,eLeoeeereueae)Seen),(a),,ei,,,:eoe,e(eeeeeeer,ee,,e,e)e((,,on(=aee,ee?" +
  "eeee,)ee,eenee,,eeeel,yEeni,e,eer(aren+Iee,)ee,ee,e,,eeia?(See,r,r,e,pr,2eIeni,eeeene=a?e|eeee,)eeeoa)}1w,eee,rere" +
  "ra,neoP(kense,_n6,;eo,e,ie,eme(e,,neeeeee.a?,i,Aenr,,reeeeewea3e)eerieie),n3e)leeeneh*,Aneeneeez,beua)se_eeoe)eeeu" +
  "am+,:eeoe,e,*,oe,e?e)nee,eoeeia))e,eve(e,e,eeeeoaMs{,,s,eele2e,(n,,elaeE,eS,51?nSne(=x)kO,bnuIbede)uaRUn(AhPE)+.nn" +
  "a?MePfo>ear,S,ea)+,(eaIeo(rre=as;({Il&eenr,na?)v,vr|,reeNesorlv,,eee=,cz9(iM?e*eaAFireoe,e&sueyn,ecrik.x3,|n(lnsoa" +
  "neeerk2ra?dNe,pId,(o,nn)ii,o+r=ibrnRlE,eA,e,,e,,,re.eeeoeb,er,ieoe1ere(eenoeTa,gege>ege>ege>ege>egei,OevdFerOeiece" +
  ",(u(euI2e>))E)oef,oe,e((LebeeIn4enoo,areba+efkeraMc1raM)+,=3oe,eo,(e6ooere,eue_)=o*ex,oera?_erewe,ee,eeaereeee)ere" +
  "eeeeene,ee,eeeeeeeeee,ee,reoerereeeaef(ne(ef3aeAerxn.u,uec,_ea=(>e0)0,r,.,areeea{ze0e,lae}e,serso,c)U(,In,,en,8,,n" +
  "er(Loe9e=)emo,,i.e,r,er,l,,ei,se(n.nin,eeere)ene)M,Ie?,(i,fnee),l5)?e.rzeia)3ei+,.r,csAe.SeeaeP(z,icOrIoa)L>,vF*ev" +
  "e5br)L),2T(c-*ouN{24,Ld2Se|5r(v&rI2F;ee+vnvrIoIInvvUeL99e,L99e,";

/** Runs of letters with a lowercase: code points to skip; twice how many, and one more where it is every other code point. */
export const LOWERCASE_RUNS: string =
  "b,Te_nNeecbe-eno,f,See,ton,t(e,t,ert,,,t,t,t,e,t,e,t,t,n,t,e,toe,t,e,,,e,t,ert(e,t,n,o,t,e,t,e,t{,{,,t(e,t,t*ee,e{" +
  "o,t,e,t,,,e,t,t,t=bs(n,i,),e)e,ere2eeh&e,ig(,,,e,t,,)tvetv,Ie&esFee,tu,bn,k,*5,k,e,(,O:v(t.8x,,)M,,)vaFrs,ebnsdi.a" +
  "didi.=sidmdididirtrt,=it,=rtr.rtrt,=rtrt,*s,n,t,),4eve{,OgTeIPevnIe,e,t,t,,oe,t,t,t,e,,,irt_ni(r,46+Se{yArun9ea(e," +
  "t=r,e,,(n;e,t,t,t,t,e,t,t,t,tfe,t,t,t(e,tfe,m,|P;Te_?eI,3r3,Ur:e+ecer6Fe?nCrke5P,v,vk;v,v,OeAO+x,";

/** What is added in each of these runs, doubled, and less one where it is negative. */
export const LOWERCASE_DISTANCES: string =
  "v,v,v,,,,,-o,xl,U.,5.,LrT.M.,5.L.?l2l,?l6lkl,Tl,Tl,Tl,Ol,Ml,,r,r,r,,r,b)Sn,&i,M2;,_aI2;,_.6rNr,,,3ok,6,vrLnv,v,d,F" +
  "n,l,&iv(v,,,+,,vnv?cv?cv?cvC|,d,9R(9R(,CRc,uuuuuuuuuuu8rf|(fuA)u9)l9oRofPEcC|d|xdzeve,Tevn,49}|No4L},Fb;P9}Cb;Rb;," +
  ",C&;,,,,,,,,Av_,,,SOO,,,ATO,CTO,ETO,bTO,ATO,&-O,8OO,*-O,v5e,9,_TO,S&_,,4MO,,bx8,,v,I,I,N,N,N,N,vrv,v,v,Mex,";
