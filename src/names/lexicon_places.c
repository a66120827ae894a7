/* lexicon_places.c: countries and great cities, in the languages in which companies write them. */
#include "names/lexicon.h"

const struct lex_list lexicon_places[] = {
    {LEX_PLACE, 500,
     "mexico mexicana mexicano mejico mex mexicanos mexicanas, panama panamena, iran iranian irani "
     "irana, russia russian rossiya rossiyskiy russkiy rusia ros rossii, china chinese zhongguo kitay, "
     "america usa us, canada canadian canadiense, brazil brasil brazilian, argentina argentine, chile "
     "chilean, colombia colombiana colombian, peru peruana peruvian, venezuela venezolana venezuelan, "
     "ecuador, bolivia, paraguay, uruguay, cuba cuban cubana, guatemala, honduras, nicaragua, "
     "costarica, dominicana dominican, puertorico, jamaica, haiti, spain espana espanola spanish, "
     "portugal portuguese, france french francaise francia, germany deutschland deutsche alemania, "
     "italy italia italian italiana, switzerland swiss suiza schweiz suisse, austria austrian, belgium "
     "belgian belgica, netherlands dutch nederland holland holanda, england english britain british uk, "
     "scotland scottish, ireland irish, sweden swedish svenska sverige, norway norwegian norge, denmark "
     "danish danmark, finland finnish, poland polish polska polonia, czech, slovakia, hungary "
     "hungarian, romania romanian, bulgaria bulgarian, greece greek hellenic hellas, turkey turkish "
     "turkiye turk, cyprus, malta, ukraine ukrainian ukraina ukraini, belarus belarusian, kazakhstan "
     "kazakh, uzbekistan uzbek, turkmenistan, azerbaijan, armenia armenian, georgia georgian, syria "
     "syrian, lebanon lebanese liban, iraq iraqi, israel israeli, palestine palestinian palestina, "
     "egypt egyptian egipto, libya libyan, tunisia tunisian, algeria algerian, morocco moroccan maroc, "
     "sudan sudanese, somalia somali, yemen yemeni, saudi arabia, emirates uae, qatar, kuwait, bahrain, "
     "pakistan pakistani, afghanistan afghan, india indian hindustan, bangladesh, lanka, nepal, myanmar "
     "burma, thailand thai, vietnam viet, laos, cambodia, malaysia malaysian, singapore singapur, "
     "indonesia, philippines philippine filipinas, japan japanese nippon nihon japon, korea korean, "
     "kprk dprk, taiwan, hongkong, mongolia, australia australian, zealand, africa african, nigeria "
     "nigerian, ghana, kenya, ethiopia, congo, angola, zimbabwe, liberia, europe europa, latin latina "
     "latinoamerica latinoamericana, arab arabian"},
    {LEX_PLACE, 750,
     "moscow moskva moskovskiy moscu, petersburg, kiev kyiv, minsk, london londres, berlin, frankfurt, "
     "munich munchen, hamburg, vienna wien, zurich, geneva, rome roma, milan milano, madrid, barcelona, "
     "lisbon lisboa, athens, istanbul, ankara, tehran teheran, isfahan esfahan, tabriz, mashhad, "
     "baghdad, basra, damascus damas, aleppo, beirut, amman, cairo, tripoli, tunis, algiers, "
     "casablanca, khartoum, dubai, abudhabi, sharjah, doha, riyadh, jeddah, karachi, lahore, islamabad, "
     "kabul, kandahar, peshawar, delhi, mumbai bombay, calcutta kolkata, chennai, dhaka, bangkok, "
     "hanoi, saigon, kualalumpur, jakarta, manila, tokyo, osaka, kyoto, seoul, busan pusan, pyongyang, "
     "beijing peking, shanghai, guangzhou, shenzhen, tianjin, dalian, dandong, ningbo, nanjing, wuhan, "
     "chengdu, chongqing, qingdao, xiamen, zhejiang, jiangsu, guangdong, shandong, liaoning, hebei, "
     "hubei, sichuan, fujian, sydney, melbourne, york, chicago, houston, dallas, miami, angeles, "
     "seattle, boston, washington, texas texana tejas, california californiana, florida, arizona, "
     "nevada, tijuana, monterrey, guadalajara, puebla, queretaro, merida, veracruz, tampico, "
     "tamaulipas, reynosa, matamoros, laredo, sinaloa sinaloense, culiacan, mazatlan, sonora sonorense, "
     "hermosillo, nogales, chihuahua chihuahuense, coahuila, saltillo, torreon, durango, zacatecas, "
     "jalisco, colima, manzanillo, michoacan, acapulco, oaxaca, chiapas, tabasco, yucatan, cancun, "
     "nayarit, guanajuato, toluca, morelos, bogota, medellin, cali, caracas, lima, quito, guayaquil, "
     "havana habana, managua, tegucigalpa, paulo, janeiro, buenosaires, montevideo, peninsular, bajio, "
     "noroeste, noreste, sureste, occidente, frontera"},
    {0},
};
