/*
 * substances.c: the table. Source: Tables I and II of the United Nations Convention of 1988 as the INCB's Red
 * List has them, years of listing from there; CAS numbers and HS 2022 subheadings as the INCB gives them, each check digit held
 * to by a test. Salts of these substances are listed with them, save those of hydrochloric and sulphuric acid.
 */
#include "precursors/substances.h"

const struct substance substances[] = {
    {"Acetic anhydride", "Anhídrido acético", 1, "1988", "2001", "108-24-7", "291524", true,
     "acetyl oxide;acetic acid anhydride;ethanoic anhydride;acetanhydride;anhidrido etanoico;oxido de "
     "acetilo",
     "heroin;methaqualone"},
    {"N-Acetylanthranilic acid", "Ácido N-acetilantranílico", 1, "1992", NULL, "89-52-1", "292423", true,
     "2-acetamidobenzoic acid;o-acetamidobenzoic acid;acido 2-acetamidobenzoico", "methaqualone"},
    {"4-Anilinopiperidine", "4-Anilinopiperidina", 1, "2022", NULL, "23056-29-3;99918-43-1", "293339",
     false,
     "4-AP;4-piperidinoaniline;N-phenylpiperidin-4-amine;N-phenyl-4-piperidinamine;N-fenilpiperidin-4-"
     "amina",
     "fentanyl"},
    {"tert-Butyl 4-(phenylamino)piperidine-1-carboxylate",
     "4-(Fenilamino)piperidina-1-carboxilato de terc-butilo", 1, "2022", NULL, "125541-22-2", "293339",
     false,
     "1-boc-4-AP;boc-4-AP;1-boc-4-anilinopiperidine;N-boc-4-anilinopiperidine;1-boc-4-anilinopiperidina",
     "fentanyl"},
    {"1-boc-4-Piperidone", "1-boc-4-Piperidona", 1, "2024", NULL, "79099-07-3", "293339", false,
     "tert-butyl "
     "4-oxopiperidine-1-carboxylate;N-boc-4-piperidone;N-tert-butoxycarbonyl-4-piperidone;N-boc-4-"
     "piperidona;4-oxopiperidina-1-carboxilato de terc-butilo",
     "fentanyl"},
    {"4-Anilino-N-phenethylpiperidine", "4-Anilino-N-fenetilpiperidina", 1, "2017", NULL, "21409-26-7",
     "293336", true,
     "ANPP;4-ANPP;despropionyl "
     "fentanyl;4-anilino-1-phenethylpiperidine;N-phenyl-1-(2-phenylethyl)piperidin-4-amine;despropionil "
     "fentanilo",
     "fentanyl"},
    {"Ephedrine", "Efedrina", 1, "1988", NULL, "299-42-3;50-98-6", "293941", true,
     "l-ephedrine;ephedrine hydrochloride;ephedrine hcl;clorhidrato de efedrina", "methamphetamine"},
    {"Ergometrine", "Ergometrina", 1, "1988", NULL, "60-79-7;129-51-1", "293961", true,
     "ergonovine;ergobasine;ergonovina;maleato de ergometrina", "LSD"},
    {"Ergotamine", "Ergotamina", 1, "1988", NULL, "113-15-5;379-79-3", "293962", true,
     "ergotamine tartrate;tartrato de ergotamina", "LSD"},
    {"Isosafrole", "Isosafrol", 1, "1992", NULL, "120-58-1", "293291", true,
     "5-(prop-1-enyl)-1,3-benzodioxole;isosafrole", "MDMA"},
    {"Lysergic acid", "Ácido lisérgico", 1, "1988", NULL, "82-58-6", "293963", true, "d-lysergic acid",
     "LSD"},
    {"Methyl alpha-phenylacetoacetate", "alfa-Fenilacetoacetato de metilo", 1, "2020", NULL, "16648-44-5",
     "291830", false,
     "MAPA;methyl 2-phenylacetoacetate;methyl 3-oxo-2-phenylbutanoate;methyl "
     "alpha-acetylphenylacetate;2-fenilacetoacetato de metilo",
     "amphetamine;methamphetamine"},
    {"3,4-Methylenedioxyphenyl-2-propanone", "3,4-Metilendioxifenil-2-propanona", 1, "1992", NULL,
     "4676-39-5", "293292", true,
     "3,4-MDP-2-P;MDP2P;PMK;piperonyl methyl "
     "ketone;3,4-methylenedioxyphenylacetone;3,4-metilendioxifenilacetona;piperonil metil cetona",
     "MDMA"},
    {"3,4-MDP-2-P methyl glycidic acid, methyl ester",
     "Éster metílico del ácido 3,4-MDP-2-P metil glicídico", 1, "2019", NULL, "13605-48-6", "293299", false,
     "PMK methyl glycidate;PMK glycidate;PMK ethyl glycidate;3,4-MDP-2-P methyl glycidate;PMK "
     "glicidato;glicidato de PMK",
     "MDMA"},
    {"3,4-MDP-2-P methyl glycidic acid", "Ácido 3,4-MDP-2-P metil glicídico", 1, "2019", NULL,
     "2167189-50-4", "293299", false, "PMK glycidic acid;acido PMK glicidico", "MDMA"},
    {"Norephedrine", "Norefedrina", 1, "2000", NULL, "14838-15-4;154-41-6", "293944", true,
     "phenylpropanolamine;fenilpropanolamina", "amphetamine"},
    {"Norfentanyl", "Norfentanilo", 1, "2022", NULL, "1609-66-1", "293339", false,
     "N-phenyl-N-(piperidin-4-yl)propanamide;N-phenyl-N-4-piperidinylpropanamide", "fentanyl"},
    {"N-Phenethyl-4-piperidone", "N-Fenetil-4-piperidona", 1, "2017", NULL, "39742-60-4", "293337", true,
     "NPP;1-phenethyl-4-piperidone;1-(2-phenylethyl)piperidin-4-one;1-fenetil-4-piperidona", "fentanyl"},
    {"Phenylacetic acid", "Ácido fenilacético", 1, "1988", "2010", "103-82-2", "291634", true,
     "PAA;benzeneacetic acid;alpha-toluic acid;acido bencenoacetico", "amphetamine;methamphetamine"},
    {"alpha-Phenylacetoacetamide", "alfa-Fenilacetoacetamida", 1, "2019", NULL, "4433-77-6", "292429",
     false, "APAA;2-phenylacetoacetamide;3-oxo-2-phenylbutanamide;2-fenilacetoacetamida",
     "amphetamine;methamphetamine"},
    {"alpha-Phenylacetoacetonitrile", "alfa-Fenilacetoacetonitrilo", 1, "2014", NULL, "4468-48-8", "292640",
     true, "APAAN;2-phenylacetoacetonitrile;3-oxo-2-phenylbutanenitrile;2-fenilacetoacetonitrilo",
     "amphetamine;methamphetamine"},
    {"1-Phenyl-2-propanone", "1-Fenil-2-propanona", 1, "1988", NULL, "103-79-7", "291431", true,
     "P-2-P;BMK;phenylacetone;phenyl-2-propanone;benzyl methyl ketone;fenilacetona;bencil metil "
     "cetona;fenil-2-propanona",
     "amphetamine;methamphetamine"},
    {"P-2-P methyl glycidic acid", "Ácido P-2-P metil glicídico", 1, "2024", NULL, "25547-51-7", "291899",
     false, "BMK glycidic acid;acido BMK glicidico", "amphetamine;methamphetamine"},
    {"P-2-P methyl glycidic acid, methyl ester", "Éster metílico del ácido P-2-P metil glicídico", 1,
     "2024", NULL, "80532-66-7", "291899", false,
     "BMK methyl glycidate;BMK glycidate;BMK ethyl glycidate;P-2-P methyl glycidate;BMK "
     "glicidato;glicidato de BMK",
     "amphetamine;methamphetamine"},
    {"4-Piperidone", "4-Piperidona", 1, "2024", NULL, "41661-47-6;41979-39-9", "293339", false,
     "piperidin-4-one;4-piperidinone;4-piperidone hydrochloride;clorhidrato de 4-piperidona", "fentanyl"},
    {"Piperonal", "Piperonal", 1, "1992", NULL, "120-57-0", "293293", true,
     "heliotropin;heliotropine;3,4-methylenedioxybenzaldehyde;heliotropina;3,4-metilendioxibenzaldehido",
     "MDMA"},
    {"Potassium permanganate", "Permanganato de potasio", 1, "1992", "2001", "7722-64-7", "284161", true,
     "permanganate of potash;permanganato potasico", "cocaine"},
    {"Pseudoephedrine", "Seudoefedrina", 1, "1988", NULL, "90-82-4;345-78-8;7460-12-0", "293942", true,
     "pseudoefedrina;d-pseudoephedrine;pseudoephedrine hydrochloride;clorhidrato de seudoefedrina",
     "methamphetamine"},
    {"Safrole", "Safrol", 1, "1992", NULL, "94-59-7", "293294", true,
     "5-allyl-1,3-benzodioxole;sassafras oil;aceite de sasafras", "MDMA"},
    {"Acetone", "Acetona", 2, "1988", NULL, "67-64-1", "291411", true,
     "2-propanone;dimethyl ketone;propan-2-one;dimetil cetona", "cocaine;heroin"},
    {"Anthranilic acid", "Ácido antranílico", 2, "1988", NULL, "118-92-3", "292243", true,
     "2-aminobenzoic acid;o-aminobenzoic acid;acido 2-aminobenzoico", "methaqualone"},
    {"Ethyl ether", "Éter etílico", 2, "1988", NULL, "60-29-7", "290911", true,
     "diethyl ether;ether ethylicus;ethoxyethane;eter dietilico", "cocaine;heroin"},
    {"Hydrochloric acid", "Ácido clorhídrico", 2, "1992", NULL, "7647-01-0", "280610", true,
     "hydrogen chloride;muriatic acid;cloruro de hidrogeno;acido muriatico", "cocaine;heroin"},
    {"Methyl ethyl ketone", "Metiletilcetona", 2, "1992", NULL, "78-93-3", "291412", true,
     "MEK;butanone;2-butanone;butan-2-one;metil etil cetona;butanona", "cocaine"},
    {"Piperidine", "Piperidina", 2, "1988", NULL, "110-89-4", "293332", true,
     "hexahydropyridine;pentamethyleneimine", "phencyclidine"},
    {"Sulphuric acid", "Ácido sulfúrico", 2, "1992", NULL, "7664-93-9", "280700", true,
     "sulfuric acid;oil of vitriol", "cocaine"},
    {"Toluene", "Tolueno", 2, "1992", NULL, "108-88-3", "290230", true, "methylbenzene;toluol;metilbenceno",
     "cocaine"},
};
const size_t substances_count = COUNT(substances);

int substance_table_on(const struct substance *s, struct str day)
{
    struct str year = str_n(day.p, day.n < 4 ? day.n : 4);

    if (year.n && str_cmp(year, str_z(s->since)) < 0)
        return 0;
    return s->first && year.n && str_cmp(year, str_z(s->first)) < 0 ? 2 : s->table;
}

struct str substance_key(const struct substance *s)
{
    struct str rest = str_z(s->cas), first;

    str_split(&rest, ';', &first);
    return first;
}

const struct substance *substance_keyed(struct str key)
{
    for (size_t i = 0; i < substances_count; i++)
        if (str_eq(substance_key(&substances[i]), key))
            return &substances[i];
    return NULL;
}
