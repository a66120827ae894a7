/* lexicon_words.c: words that many names of companies and vessels have, titles, particles, numbers. */
#include "names/lexicon.h"

const struct lex_list lexicon_words[] = {
    {LEX_WORD, 350,
     "trading trade comercio comercial, international intl internacional, import imports importadora, "
     "export exports exportadora, "
     "bank banco banque, shipping, transport transportes transporte, construction construcciones "
     "constructora, oil, gas"},
    {LEX_DULL, 100,
     "company co companies compania cia compagnie kompaniya, corporation corp corporacion, group grupo "
     "gruppe groupe, holding holdings, enterprise enterprises empresa empresas, firm firma"},
    {LEX_TITLE, 0,
     "dr, mr, mrs, ms, ing, lic, prof, gen, capt, sheikh shaikh shaykh sheik cheikh, haji hajji hadji "
     "hajj, mv, mt, fv, ss, sir, don, dona, sayyid sayyed syed seyed"},
    {LEX_PARTICLE, 0,
     "de, del, la, las, los, el, al, y, e, i, and, und, et, van, von, der, den, di, da, do, dos, bin, ibn, "
     "ben, bint, of, the, ul, ur, ar, as, ash, an, at, az, ad"},
    {LEX_NUMBER, 1,
     "first 1st primero primera i, second 2nd segundo segunda ii, third 3rd tercero tercera iii, fourth "
     "4th cuarto cuarta iv, fifth 5th quinto quinta"},
    {0},
};
